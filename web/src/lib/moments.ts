/** Frame-accurate times of a video. Frame rates are exact, such as "30000/1001". */

const SHORTEST_STEP_SECONDS = 0.04;
const MICRO = 1_000_000;
/** Tolerance for the position of a player, which is never quite exact. */
const SLACK_FRAMES = 0.01;

/** Returns frames per second; null if unknown. */
export function framesPerSecond(frameRate: string | null): number | null {
  const [numerator = 0, denominator = 1] = (frameRate ?? "").split("/").map(Number);
  return numerator > 0 && denominator > 0 ? numerator / denominator : null;
}

/** Returns the duration of a frame in seconds. */
export function frameSeconds(frameRate: string | null): number {
  const rate = framesPerSecond(frameRate);
  return rate === null ? SHORTEST_STEP_SECONDS : 1 / rate;
}

/** Returns the number of the frame at a time, from 0; null if the rate is unknown. */
export function frameAt(seconds: number, frameRate: string | null): number | null {
  const rate = framesPerSecond(frameRate);
  return rate === null ? null : Math.floor(Math.max(seconds, 0) * rate + SLACK_FRAMES);
}

/** Returns the start of the frame at a time. */
export function frameStart(seconds: number, frameRate: string | null): number {
  const frame = frameAt(seconds, frameRate);
  return exact(frame === null ? Math.max(seconds, 0) : frame * frameSeconds(frameRate));
}

/** Returns the nearest start of a frame. */
export function nearestFrame(seconds: number, frameRate: string | null): number {
  const rate = framesPerSecond(frameRate);
  return exact(rate === null ? Math.max(seconds, 0) : Math.round(Math.max(seconds, 0) * rate) / rate);
}

/** "1:02.500", "1:01:02.500". */
export function formatMoment(seconds: number): string {
  const milliseconds = Math.round(Math.max(seconds, 0) * 1000);
  const whole = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  const clock = shown.map((part, index) => (index ? String(part).padStart(2, "0") : String(part))).join(":");
  return `${clock}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

/** Parses "62.5", "1:02.5", "1:01:02.5" or "f45" (frame 45) to seconds; null for anything else. */
export function parseMoment(text: string, frameRate: string | null): number | null {
  const typed = text.trim().replace(",", ".");
  const frame = /^f\s*(\d{1,9})$/i.exec(typed);
  if (frame) {
    return framesPerSecond(frameRate) === null ? null : exact(Number(frame[1]) * frameSeconds(frameRate));
  }
  const clock = /^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,9}(?:\.\d*)?|\.\d+)$/.exec(typed);
  if (!clock) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = clock;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Parses the moment in a link: "90", "90.5s", "1h2m3s", "2m" or "1:02:03"; null for anything else. */
export function parseLinkMoment(text: string): number | null {
  const typed = text.trim().toLowerCase();
  const parts = /^(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s?)?$/.exec(typed);
  if (typed === "" || !parts) return typed.includes(":") ? parseMoment(typed, null) : null;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Formats a moment for a link, to the millisecond: "62.437", "62". */
export function formatLinkMoment(seconds: number): string {
  return String(Math.floor(Math.max(seconds, 0) * 1000 + SLACK_FRAMES) / 1000);
}

/** Rounds to microseconds, from which the server finds the frame. */
function exact(seconds: number): number {
  return Math.round(seconds * MICRO) / MICRO;
}
