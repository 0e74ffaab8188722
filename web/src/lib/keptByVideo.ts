import { keepChoice, keptChoice } from "@/lib/keptChoice";

/** Values by video, stored in this browser for the last videos that had one. */

const MOST_VIDEOS = 200;

/** Returns the stored value of a video; undefined if there is none. */
export function keptValue(key: string, videoId: string): unknown {
  return keptValues(key)[videoId];
}

/** Returns all stored values by video, the oldest first. */
export function keptValues(key: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(keptChoice(key) ?? "{}");
    return typeof found === "object" && found !== null && !Array.isArray(found) ? { ...found } : {};
  } catch {
    return {};
  }
}

/** Stores the value of a video; null removes it. */
export function keepValue(key: string, videoId: string, value: unknown): void {
  const { [videoId]: before, ...others } = keptValues(key);
  if (value === null && before === undefined) return;
  // The newest is last: objects keep the insertion order of ids, which are not array indices.
  const values = Object.entries(value === null ? others : { ...others, [videoId]: value });
  keepChoice(key, JSON.stringify(Object.fromEntries(values.slice(-MOST_VIDEOS))));
}
