import { keepValue, keptValue } from "@/lib/keptByVideo";

/** The in and out points of a clip that nobody has rendered yet. */
export interface ClipPoints {
  /** Null for the beginning. */
  inSeconds: number | null;
  /** Exclusive; null for the end. */
  outSeconds: number | null;
}

export const NO_POINTS: ClipPoints = { inSeconds: null, outSeconds: null };

const KEY = "stoat-ferret.clip-points";

/** Returns the points that are stored in this browser, without those that are outside the video. */
export function clipPointsOf(videoId: string, durationSeconds: number | null): ClipPoints {
  const kept = keptValue(KEY, videoId);
  if (!Array.isArray(kept)) return NO_POINTS;
  const [inSeconds, outSeconds] = kept.map((one) => pointOf(one, durationSeconds));
  const points = { inSeconds: inSeconds ?? null, outSeconds: outSeconds ?? null };
  const isEmpty = points.outSeconds !== null && points.outSeconds <= (points.inSeconds ?? 0);
  return isEmpty ? NO_POINTS : points;
}

export function keepClipPoints(videoId: string, { inSeconds, outSeconds }: ClipPoints): void {
  keepValue(KEY, videoId, inSeconds === null && outSeconds === null ? null : [inSeconds, outSeconds]);
}

/** The file may have changed since, and anything may be stored. */
function pointOf(value: unknown, durationSeconds: number | null): number | null {
  if (typeof value !== "number" || value < 0) return null;
  return value <= (durationSeconds ?? Infinity) ? value : null;
}
