import { expect, test } from "vitest";

import { keepPosition, positionOf } from "@/features/video/player/playbackPosition";

test("a video that was left in the middle is resumed there", () => {
  keepPosition("a", 61.23, 600);
  expect(positionOf("a", 600)).toBe(61.2);
  expect(positionOf("b", 600)).toBeNull();
});

test("neither the beginning nor the end is worth resuming", () => {
  keepPosition("a", 61, 600);
  keepPosition("a", 598, 600);
  expect(positionOf("a", 600)).toBeNull();
  keepPosition("a", 2, 600);
  expect(positionOf("a", 600)).toBeNull();
});

test("only the videos watched last are kept", () => {
  for (let number = 0; number < 205; number += 1) keepPosition(`v${number}`, 60, 600);
  keepPosition("v6", 90, 600);
  keepPosition("v205", 60, 600);
  expect(positionOf("v5", 600)).toBeNull();
  expect(positionOf("v6", 600)).toBe(90);
  expect(positionOf("v205", 600)).toBe(60);
});

test("rubbish in the storage is no position", () => {
  for (const rubbish of ["{", "null", "[1]", '{"a":"x"}']) {
    localStorage.setItem("stoat-ferret.positions", rubbish);
    expect(positionOf("a", 600)).toBeNull();
  }
});
