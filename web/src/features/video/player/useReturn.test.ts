import { renderHook } from "@testing-library/react";
import { expect, it } from "vitest";

import { useReturn } from "@/features/video/player/useReturn";

it("returns to the place of a seek that is not over when the source is exchanged", () => {
  const element = document.createElement("video");
  const player = { current: element };
  const { result, rerender } = renderHook(({ source }) => useReturn(player, source), {
    initialProps: { source: "first" },
  });
  expect(result.current(element)).toBe(false);
  element.currentTime = 12;
  element.dispatchEvent(new Event("seeking"));
  rerender({ source: "second" });
  element.currentTime = 0;
  element.dispatchEvent(new Event("seeking"));
  expect(result.current(element)).toBe(true);
  expect(element.currentTime).toBe(12);
  expect(result.current(element)).toBe(false);
});
