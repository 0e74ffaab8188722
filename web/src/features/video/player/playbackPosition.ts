import { keepValue, keptValue } from "@/lib/keptByVideo";

/** Playback positions of the last watched videos, stored in this browser. */

const KEY = "stoat-ferret.positions";
/** This close to the start or the end there is nothing to resume. */
const EDGE_SECONDS = 5;

/** Returns the position to resume from; null if the video is new, or was watched to its end. */
export function positionOf(videoId: string, durationSeconds: number): number | null {
  const seconds = keptValue(KEY, videoId);
  return typeof seconds === "number" && isInside(seconds, durationSeconds) ? seconds : null;
}

export function keepPosition(videoId: string, seconds: number, durationSeconds: number): void {
  const isWorthIt = isInside(seconds, durationSeconds);
  keepValue(KEY, videoId, isWorthIt ? Math.round(seconds * 10) / 10 : null);
}

function isInside(seconds: number, durationSeconds: number): boolean {
  return seconds > EDGE_SECONDS && seconds < durationSeconds - EDGE_SECONDS;
}
