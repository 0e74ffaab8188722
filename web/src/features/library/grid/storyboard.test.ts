import { expect, test } from "vitest";

import { parseStoryboard, tileAt } from "@/features/library/grid/storyboard";

const text = `WEBVTT

00:00:00.000 --> 00:00:10.000
storyboard-0.webp?v=a-1#xywh=0,0,160,90

00:00:10.000 --> 01:00:01.500
storyboard-1.webp?v=a-1#xywh=160,90,160,90
`;

test("tiles have their sheets and places", () => {
  const tiles = parseStoryboard(text, "/api/v1/videos/7/storyboard.vtt?v=a-1");
  expect(tiles.map((tile) => tile.startSeconds)).toEqual([0, 10]);
  expect(tiles[1]).toMatchObject({ x: 160, y: 90, width: 160, height: 90 });
  expect(new URL(tiles[1]?.sheetUrl ?? "").pathname).toBe("/api/v1/videos/7/storyboard-1.webp");
});

test("the tile is that below the pointer, also at the very edges", () => {
  const tiles = parseStoryboard(text, "/storyboard.vtt");
  expect(tileAt(tiles, -0.1)).toBe(tiles[0]);
  expect(tileAt(tiles, 0.49)).toBe(tiles[0]);
  expect(tileAt(tiles, 1)).toBe(tiles[1]);
  expect(tileAt([], 0.5)).toBeUndefined();
});
