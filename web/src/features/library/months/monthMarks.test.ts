import { expect, test } from "vitest";

import { marksOf, placeOf, yearPlaces } from "@/features/library/months/monthMarks";

const marks = marksOf([
  { month: "2024-05", count: 2 },
  { month: "2024-01", count: 1 },
  { month: "2023-12", count: 4 },
  { month: null, count: 3 },
]);

test("a month begins after all videos of those before it", () => {
  expect(marks.map(({ label, start }) => [label, start])).toEqual([
    ["May 2024", 0],
    ["January 2024", 2],
    ["December 2023", 3],
    ["Date unknown", 7],
  ]);
  expect([0, 1, 2, 3, 6, 7, 99].map((index) => placeOf(marks, index))).toEqual([0, 0, 1, 2, 2, 3, 3]);
});

test("years are labelled where they begin, and none over another", () => {
  expect(yearPlaces(marks, 20)).toEqual([0, 2]);
  const many = marksOf(Array.from({ length: 100 }, (_, year) => ({ month: `${2100 - year}-01`, count: 1 })));
  expect(yearPlaces(many, 10)).toHaveLength(10);
});
