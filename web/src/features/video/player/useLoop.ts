import { useEffect, type RefObject } from "react";

import type { ClipPoints } from "@/components/ui/clip/clipPoints";
import { play } from "@/components/ui/player/playback";

/** Repeats a video while `isOn`: all of it, or what is between its in and out points. */
export function useLoop(
  player: RefObject<HTMLVideoElement | null>,
  isOn: boolean,
  { inSeconds, outSeconds }: ClipPoints,
): void {
  useEffect(() => {
    const video = player.current;
    if (!video || !isOn) return;
    const element = video;
    const start = inSeconds ?? 0;
    if (start === 0 && outSeconds === null) {
      element.setAttribute("loop", "");
      return () => element.removeAttribute("loop");
    }
    let frame = 0;
    // At each frame of the screen: an event of the player would be up to 250 ms late.
    function watch() {
      if (outSeconds !== null && element.currentTime >= outSeconds && !element.seeking) {
        element.currentTime = start;
      }
      frame = element.paused ? 0 : requestAnimationFrame(watch);
    }
    function startWatching() {
      if (frame === 0) frame = requestAnimationFrame(watch);
    }
    function startAgain() {
      element.currentTime = start;
      play(element);
    }
    if (!element.paused) startWatching();
    element.addEventListener("play", startWatching);
    element.addEventListener("ended", startAgain);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("play", startWatching);
      element.removeEventListener("ended", startAgain);
    };
  }, [player, isOn, inSeconds, outSeconds]);
}
