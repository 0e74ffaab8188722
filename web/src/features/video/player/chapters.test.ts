import { expect, test } from "vitest";

import { chapterAt, chapterTitle } from "@/features/video/player/chapters";

const chapters = [
  { start_seconds: 5, end_seconds: 10, title: "One" },
  { start_seconds: 10, end_seconds: 20, title: null },
];

test.each([
  [0, -1],
  [5, 0],
  [9.9, 0],
  [10, 1],
  [99, 1],
])("at %d s it is chapter %d", (seconds, index) => expect(chapterAt(chapters, seconds)).toBe(index));

test("a chapter without a title has its number", () => {
  expect(chapters.map(chapterTitle)).toEqual(["One", "Chapter 2"]);
});
