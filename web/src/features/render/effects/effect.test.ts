import { expect, it } from "vitest";

import { lacksFile, moved, newEffect, valueAt, withValue } from "@/features/render/effects/effect";
import { effectGroups, effectKinds } from "@/features/render/effects/effectKinds";

it("changes a value within another, and restores its default", () => {
  const effect = newEffect("pan-zoom");
  const changed = withValue(effect, "start.size", 0.5);
  expect(valueAt(changed, "start.size")).toBe(0.5);
  expect(valueAt(changed, "end.size")).toBe(0.75);
  expect(withValue(changed, "end", undefined)).toEqual({ effect: "pan-zoom", start: { size: 0.5 } });
  expect(effect["start"]).toBeUndefined();
});

it("moves an effect to another place", () => {
  const effects = ["adjust", "blur", "reverse"].map(newEffect);
  const names = (from: number, to: number) => moved(effects, from, to).map((one) => one["effect"]);
  expect(names(0, 1)).toEqual(["blur", "adjust", "reverse"]);
  expect(names(2, 0)).toEqual(["reverse", "adjust", "blur"]);
});

it("lacks a file only where one is needed", () => {
  expect(lacksFile(newEffect("lut"))).toBe(true);
  expect(lacksFile({ effect: "lut", file: { root: "r", path: "film.cube" } })).toBe(false);
  expect(lacksFile(newEffect("chroma-key"))).toBe(false);
  expect(lacksFile({ effect: "sepia" })).toBe(false);
});

it("has initial values within the limits of their fields, in a group of the menu", () => {
  for (const [name, kind] of effectKinds) {
    expect(effectGroups).toContain(kind.group);
    for (const field of kind.fields) {
      if (field.type !== "number") continue;
      const initial = valueAt(newEffect(name), field.name);
      // Without a default, the server requires a value.
      if (field.usual === undefined) expect(initial, `${name}.${field.name}`).toBeTypeOf("number");
    }
  }
});
