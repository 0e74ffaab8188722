import { afterEach, expect, test, vi } from "vitest";

import { keepChoice, keptChoice } from "@/lib/keptChoice";

afterEach(() => vi.restoreAllMocks());

test("a choice is kept", () => {
  keepChoice("view", "table");
  expect(keptChoice("view")).toBe("table");
  expect(keptChoice("another")).toBeNull();
});

test("nothing is thrown where the browser keeps nothing", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(refuse);
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(refuse);
  keepChoice("view", "table");
  expect(keptChoice("view")).toBeNull();
});
