import { afterEach, expect, test } from "vitest";

import { queryOf } from "@/features/library/librarySearch";
import { keepOrder, orderOf } from "@/features/library/listOrder";

afterEach(() => localStorage.clear());

test("the newest come first, names go up and everything else goes down", () => {
  expect(orderOf({})).toEqual({ sort: "added", order: "desc" });
  expect(orderOf({ sort: "name" })).toEqual({ sort: "name", order: "asc" });
  expect(orderOf({ sort: "size" })).toEqual({ sort: "size", order: "desc" });
  expect(queryOf({ q: "sea", view: "table" })).toEqual({ q: "sea", sort: "added", order: "desc" });
});

test("the last order is kept, and the address wins over it", () => {
  keepOrder({ sort: "name", order: "desc" });
  expect(orderOf({})).toEqual({ sort: "name", order: "desc" });
  expect(orderOf({ sort: "name" })).toEqual({ sort: "name", order: "asc" });
  expect(orderOf({ sort: "size", order: "asc" })).toEqual({ sort: "size", order: "asc" });
});

test.each(["", "colour up", "added", "up added desc"])("a kept order that is none is the usual one: %s", (kept) => {
  localStorage.setItem("stoat-library-order", kept);
  expect(orderOf({})).toEqual({ sort: "added", order: "desc" });
});
