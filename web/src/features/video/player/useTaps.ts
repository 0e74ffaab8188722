import { useEffect, type RefObject } from "react";

import type { ShowEffect } from "@/features/video/player/KeyFeedback";
import { playOrPause, skipBy } from "@/features/video/player/playerShortcuts";

const SKIP_SECONDS = 10;
/** A second tap within this time makes a double tap. */
const DOUBLE_MILLISECONDS = 280;
const SIDE = 1 / 3;

/** Handles taps on the picture: one plays or pauses, two at a side skip, and so does each that follows. */
export function useTaps(
  stage: RefObject<HTMLElement | null>,
  player: RefObject<HTMLVideoElement | null>,
  show: ShowEffect,
): void {
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    let isTouch = false;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let last = { side: 0, at: -Infinity };

    const note = (event: PointerEvent) => {
      isTouch = event.pointerType === "touch";
    };
    const tap = (event: MouseEvent) => {
      const video = player.current;
      if (!isTouch || !video || !isPicture(event)) return;
      const side = sideOf(event, video);
      const isDouble = side !== 0 && side === last.side && event.timeStamp - last.at < DOUBLE_MILLISECONDS;
      last = { side, at: event.timeStamp };
      clearTimeout(waiting);
      if (isDouble) skipBy(video, side * SKIP_SECONDS, show);
      else if (side === 0) playOrPause(video, show);
      else waiting = setTimeout(() => playOrPause(video, show), DOUBLE_MILLISECONDS);
    };
    element.addEventListener("pointerdown", note);
    element.addEventListener("click", tap);
    return () => {
      clearTimeout(waiting);
      element.removeEventListener("pointerdown", note);
      element.removeEventListener("click", tap);
    };
  }, [stage, player, show]);
}

/** Returns whether the picture was tapped, and not a control. */
function isPicture(event: MouseEvent): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && ["video", "media-controller"].includes(target.localName);
}

/** Returns -1 for the left side, 1 for the right one, 0 for the middle. */
function sideOf(event: MouseEvent, video: HTMLVideoElement): -1 | 0 | 1 {
  const { left, width } = video.getBoundingClientRect();
  const place = (event.clientX - left) / width;
  if (place < SIDE) return -1;
  return place > 1 - SIDE ? 1 : 0;
}
