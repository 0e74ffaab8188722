import { expect, it } from "vitest";

import { withoutGroups, type DuplicateGroup } from "@/api/duplicates";

function group(fingerprint: string, spare_bytes: number): DuplicateGroup {
  return { fingerprint, spare_bytes, size_bytes: spare_bytes, copies: 2, is_whole: true, suggested: "", resolved_at: null, videos: [] };
}

it("takes resolved groups off all pages, and off their totals", () => {
  const total = { total: 9, spare_bytes: 100 };
  const pages = [
    { ...total, items: [group("a", 30), group("b", 20)], next_cursor: "20:b" },
    { ...total, items: [group("c", 10)], next_cursor: null },
  ];
  const left = withoutGroups({ pages, pageParams: ["", "20:b"] }, new Set(["b", "c", "unknown"]));
  expect(left?.pages.map((page) => page.items.map((one) => one.fingerprint))).toEqual([["a"], []]);
  expect(left?.pages[0]).toMatchObject({ total: 7, spare_bytes: 70, next_cursor: "20:b" });
  expect(withoutGroups(undefined, new Set(["a"]))).toBeUndefined();
});
