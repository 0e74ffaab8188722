import type { QueryClient } from "@tanstack/react-query";

import { ApiError, NOT_FOUND } from "@/api/problem";
import { reportWatch } from "@/api/watch";
import { keepValue, keptValue, keptValues } from "@/lib/keptByVideo";

/**
 * Playback positions that the server does not have yet, stored in this browser.
 *
 * Earlier versions stored all positions here, as plain seconds. Now it holds those that could not be
 * sent, as `[seconds, time]`, with the time in milliseconds since 1970.
 */

const KEY = "stoat-ferret.positions";
/** The age of a position of an earlier version: any that the server has is newer. */
const UNKNOWN_AGE_SECONDS = 20 * 365 * 24 * 3600;

interface KeptPosition {
  seconds: number;
  ageSeconds: number;
}

/** Returns the position of a video that the server does not have yet; null if there is none. */
export function keptPosition(videoId: string): number | null {
  return parse(keptValue(KEY, videoId))?.seconds ?? null;
}

/** Stores a position that could not be sent. */
export function keepPosition(videoId: string, seconds: number): void {
  keepValue(KEY, videoId, [seconds, Date.now()]);
}

export function forgetPosition(videoId: string): void {
  keepValue(KEY, videoId, null);
}

/**
 * Sends the stored positions to the server, and removes those that it has.
 *
 * What cannot be sent now stays for the next time.
 */
export async function sendKeptPositions(queryClient: QueryClient): Promise<void> {
  const entries = Object.entries(keptValues(KEY));
  for (const [index, [videoId, value]] of entries.entries()) {
    const kept = parse(value);
    if (kept) {
      // The newest is last: those of unknown age keep their order.
      const ageSeconds = kept.ageSeconds + (entries.length - index) / 1000;
      const body = { position_seconds: kept.seconds, age_seconds: ageSeconds };
      try {
        await reportWatch(queryClient, videoId, body);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== NOT_FOUND) return;
      }
    }
    // Unless a newer one was stored meanwhile.
    if (JSON.stringify(keptValue(KEY, videoId)) === JSON.stringify(value)) forgetPosition(videoId);
  }
}

function parse(value: unknown): KeptPosition | null {
  const [seconds, time] = Array.isArray(value) ? (value as unknown[]) : [value, null];
  if (typeof seconds !== "number" || !(seconds >= 0)) return null;
  const ageSeconds = typeof time === "number" ? Math.max(0, (Date.now() - time) / 1000) : UNKNOWN_AGE_SECONDS;
  return { seconds, ageSeconds };
}
