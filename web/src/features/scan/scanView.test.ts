import { describe, expect, it } from "vitest";

import { scanOf, stepsTo } from "@/features/scan/scanFolder";
import { viewOnOpening } from "@/features/scan/scanView";
import { makeJob } from "@/test/jobs";

const roots = [
  { name: "Videos", path: "/home/ada/Videos", available: true },
  { name: "old", path: "/home/ada/Videos/old", available: true },
];
const running = makeJob({ id: "b" });
const waiting = makeJob({ id: "a", status: "queued", params: { root: "Videos", folder: "x" } });
const choice = { name: "choice", path: null } as const;

describe("what the dialog shows when it is opened", () => {
  it("is the choice of a folder where no scan goes on", () => {
    expect(viewOnOpening(choice, null, [], roots)).toEqual(choice);
  });

  it("is the scan that runs", () => {
    const view = viewOnOpening(choice, null, [waiting, running], roots);
    expect(view).toEqual({ name: "scan", id: "b", joined: false });
  });

  it("is the scan that was shown before while it goes on, and the choice after its end", () => {
    const before = { name: "scan", id: "a", joined: false } as const;
    expect(viewOnOpening(before, null, [waiting, running], roots)).toBe(before);
    expect(viewOnOpening(before, null, [], roots)).toEqual(choice);
    expect(viewOnOpening(before, null, [running], roots)).toMatchObject({ id: "b" });
  });

  it("is the folder that was asked for, or its scan", () => {
    expect(viewOnOpening(choice, "/home/ada/Videos", [running], roots)).toEqual({
      name: "choice",
      path: "/home/ada/Videos",
    });
    expect(viewOnOpening(choice, "/home/ada/Videos/holidays", [running], roots)).toMatchObject({ id: "b" });
  });
});

it("a scan with all sub-folders reads what is below its folder, and nothing beside it", () => {
  expect(scanOf("/home/ada/Videos/holidays/2025", [running], roots)).toBe(running);
  expect(scanOf("/home/ada/Videos/holidays-2025", [running], roots)).toBeUndefined();
  const flat = makeJob({ params: { root: "Videos", folder: "holidays", recursive: false } });
  expect(scanOf("/home/ada/Videos/holidays/2025", [flat], roots)).toBeUndefined();
});

it("the way to a folder begins at the innermost root", () => {
  expect(stepsTo("/home/ada/Videos/old/a", roots).map((step) => step.name)).toEqual(["old", "a"]);
  expect(stepsTo("/etc", roots)).toEqual([]);
});
