import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { componentsInUse, stylesOf } from "../../build/mantineStyles.ts";

const styles = join(import.meta.dirname, "../../node_modules/@mantine/core/styles");
const styleOf = (component: string) => readFileSync(join(styles, `${component}.css`), "utf8");

describe("the styles of Mantine", () => {
  it("are those of a component and of what it is made of", () => {
    const css = stylesOf(["TagsInput"]);
    for (const part of ["PillsInput", "Pill", "Combobox", "Input", "ScrollArea", "global"]) {
      expect(css, part).toContain(styleOf(part));
    }
    expect(css).not.toContain(styleOf("Accordion"));
  });

  it("come in the order of Mantine, in which later ones win", () => {
    const css = stylesOf(["Modal", "Button"]);
    const all = readFileSync(join(styles, "../styles.css"), "utf8");
    const order = (text: string) =>
      ["UnstyledButton", "Button", "Modal"].map((one) => text.indexOf(styleOf(one).trim().slice(0, 60)));
    for (const places of [order(css), order(all)]) {
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
    }
  });

  it("are asked for by every part of the page, and by notifications", () => {
    const used = componentsInUse();
    expect(used).toContain("AppShell");
    expect(used).toContain("Notification");
    expect(used).not.toContain("Accordion");
  });
});
