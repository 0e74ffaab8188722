import { useEffect, useState, type RefObject } from "react";

import { clipPointsOf, keepClipPoints, NO_POINTS } from "@/components/ui/clip/clipPoints";
import { frameSeconds, frameStart, nearestFrame } from "@/lib/moments";

export type ClipPointsControl = ReturnType<typeof useClipPoints>;

interface ClipPointsOptions {
  videoId: string;
  player: RefObject<HTMLVideoElement | null>;
  frameRate: string | null;
  durationSeconds: number | null;
}

/**
 * Returns the in and out points of a video, which are kept in this browser until they are cleared.
 *
 * Setting one clears the other if they contradict.
 */
export function useClipPoints({ videoId, player, frameRate, durationSeconds }: ClipPointsOptions) {
  const [points, setPoints] = useState(() => clipPointsOf(videoId, durationSeconds));
  useEffect(() => keepClipPoints(videoId, points), [videoId, points]);
  const now = () => frameStart(player.current?.currentTime ?? 0, frameRate);

  function setIn(seconds: number | null) {
    setPoints(({ outSeconds }) => ({
      inSeconds: seconds,
      outSeconds: seconds !== null && outSeconds !== null && outSeconds <= seconds ? null : outSeconds,
    }));
  }

  function setOut(seconds: number | null) {
    setPoints(({ inSeconds }) => ({
      inSeconds: seconds !== null && inSeconds !== null && inSeconds >= seconds ? null : inSeconds,
      outSeconds: seconds,
    }));
  }

  function jump(seconds: number | null) {
    // Into the frame, not onto its boundary.
    if (player.current && seconds !== null) stopAt(player.current, seconds + frameSeconds(frameRate) / 4);
  }

  return {
    points,
    setIn,
    setOut,
    setInHere: () => setIn(now()),
    // The visible frame is the last one in the clip.
    setOutHere: () => setOut(nearestFrame(now() + frameSeconds(frameRate), frameRate)),
    jumpToIn: () => jump(points.inSeconds),
    jumpToOut: () => jump(points.outSeconds === null ? null : points.outSeconds - frameSeconds(frameRate)),
    clear: () => setPoints(NO_POINTS),
  };
}

function stopAt(video: HTMLVideoElement, seconds: number): void {
  video.pause();
  video.currentTime = Math.max(0, seconds);
}
