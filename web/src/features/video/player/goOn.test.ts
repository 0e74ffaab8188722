import { afterEach, expect, test, vi } from "vitest";

import { playNextPlayer, takePlay } from "@/features/video/player/goOn";

afterEach(() => vi.useRealTimers());

test("one player starts by itself, and only soon", () => {
  expect(takePlay()).toBe(false);
  playNextPlayer();
  expect(takePlay()).toBe(true);
  expect(takePlay()).toBe(false);
  vi.useFakeTimers();
  playNextPlayer();
  vi.advanceTimersByTime(60_000);
  expect(takePlay()).toBe(false);
});
