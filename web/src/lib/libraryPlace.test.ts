import { beforeEach, expect, test } from "vitest";

import { libraryHref, libraryPlace, rememberLibrary } from "@/lib/libraryPlace";

beforeEach(() => sessionStorage.clear());

test("the way back leads to the list that people came from", () => {
  const place = { href: "/?q=beach", query: { q: "beach" }, indexes: { a: 3 } };
  rememberLibrary(place);
  expect(libraryPlace()).toEqual(place);
  expect(libraryHref()).toBe("/?q=beach");
});

test("without a memory, or with rubbish, it leads to the library", () => {
  expect(libraryHref()).toBe("/");
  for (const rubbish of ["{", "null", '{"href":"//elsewhere","query":{},"indexes":{}}', '{"href":"/?q"}']) {
    sessionStorage.setItem("stoat-ferret.library-place", rubbish);
    expect(libraryHref()).toBe("/");
  }
});
