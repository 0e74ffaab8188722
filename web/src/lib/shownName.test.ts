import { expect, test } from "vitest";

import { shownName } from "@/lib/shownName";

test("a name that turns its direction looks like no other", () => {
  expect(shownName("evil\u202egpj.exe.mp4")).toBe("evil\ufffdgpj.exe.mp4");
});

test("a name of spaces can be seen", () => {
  expect(shownName("  ")).toBe('"  "');
});

test("all other names are shown as they are", () => {
  for (const name of [" a b ", "مرحبا.mp4", "👩‍👧.mp4", "<b>"]) expect(shownName(name)).toBe(name);
});
