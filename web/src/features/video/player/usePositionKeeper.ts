import { useEffect, type RefObject } from "react";

import { keepPosition } from "@/features/video/player/playbackPosition";

const KEEP_MILLISECONDS = 5000;

/** Stores the playback position: regularly, on pause, and when people leave. */
export function usePositionKeeper(videoId: string, player: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const video = player.current;
    if (!video) return;
    const element = video;
    let kept = 0;
    function keep() {
      kept = Date.now();
      if (element.duration && element.currentTime > 0) {
        keepPosition(videoId, element.currentTime, element.duration);
      }
    }
    function keepSometimes() {
      if (Date.now() - kept > KEEP_MILLISECONDS) keep();
    }
    element.addEventListener("timeupdate", keepSometimes);
    element.addEventListener("pause", keep);
    window.addEventListener("pagehide", keep);
    return () => {
      keep();
      element.removeEventListener("timeupdate", keepSometimes);
      element.removeEventListener("pause", keep);
      window.removeEventListener("pagehide", keep);
    };
  }, [videoId, player]);
}
