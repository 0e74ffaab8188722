/** Playback positions of the last watched videos, stored in this browser. */

const KEY = "stoat-ferret.positions";
const MOST_VIDEOS = 200;
/** This close to the start or the end there is nothing to resume. */
const EDGE_SECONDS = 5;

type Positions = Record<string, number>;

/** Returns the position to resume from; null if the video is new, or was watched to its end. */
export function positionOf(videoId: string, durationSeconds: number): number | null {
  const seconds = read()[videoId];
  if (seconds === undefined || !isInside(seconds, durationSeconds)) return null;
  return seconds;
}

export function keepPosition(videoId: string, seconds: number, durationSeconds: number): void {
  const { [videoId]: before, ...others } = read();
  if (isInside(seconds, durationSeconds)) write({ ...others, [videoId]: Math.round(seconds * 10) / 10 });
  else if (before !== undefined) write(others);
}

function isInside(seconds: number, durationSeconds: number): boolean {
  return seconds > EDGE_SECONDS && seconds < durationSeconds - EDGE_SECONDS;
}

function read(): Positions {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const entries = typeof found === "object" && found !== null ? Object.entries(found) : [];
    return Object.fromEntries(
      entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    );
  } catch {
    return {};
  }
}

function write(positions: Positions): void {
  // The newest is last: objects keep the insertion order of ids, which are not array indices.
  const newest = Object.entries(positions).slice(-MOST_VIDEOS);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(newest)));
  } catch {
    // Full, or forbidden: nothing is resumed then.
  }
}
