import { expect, test } from "vitest";

import {
  formatAgo,
  formatBitRate,
  formatDuration,
  formatFrameRate,
  formatPercent,
  formatResolution,
  formatSize,
  formatTimeLeft,
} from "@/lib/format";

test.each([
  [null, "–"],
  [0, "0:00"],
  [0.3, "0:01"],
  [59.6, "1:00"],
  [754, "12:34"],
  [3723, "1:02:03"],
])("a duration of %s seconds reads %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 kB"],
  [999_600, "1 MB"],
  [734_003_200, "734 MB"],
  [1.5e12, "1.5 TB"],
])("%s bytes read %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test.each([
  [0.4, "less than a second"],
  [1, "1 second"],
  [130, "2 minutes"],
  [7260, "2 hours 1 minute"],
])("%s seconds left read %s", (seconds, text) => {
  expect(formatTimeLeft(seconds)).toBe(text);
});

test("a fraction is 100% only when all is done", () => {
  expect(formatPercent(0.9999)).toBe("99%");
  expect(formatPercent(1)).toBe("100%");
});

test.each([
  [3840, 1600, "4K"],
  [1080, 1920, "1080p"],
  [1920, 800, "1080p"],
  [320, 240, "240p"],
  [null, 240, null],
])("a picture of %s by %s is %s", (width, height, name) => {
  expect(formatResolution(width, height)).toBe(name);
});

test("rates are rounded as people name them", () => {
  expect(formatFrameRate("30000/1001")).toBe("29.97 fps");
  expect(formatFrameRate("0/0")).toBe("–");
  expect(formatBitRate(3_201_000)).toBe("3.2 Mb/s");
  expect(formatBitRate(128_000)).toBe("128 kb/s");
});

test("a moment is told from now", () => {
  const now = new Date("2026-01-31T12:00:00Z");
  expect(formatAgo("2026-01-31T11:59:50Z", now)).toBe("just now");
  expect(formatAgo("2026-01-31T11:55:00Z", now)).toBe("5 minutes ago");
  expect(formatAgo("2025-01-31T12:00:00Z", now)).toBe("12 months ago");
});
