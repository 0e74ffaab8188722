import type { HeightClass } from "@/api/types";

/** Formats numbers, times and names. The names of arguments have their units. */

const count = new Intl.NumberFormat("en");
const decimal = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export const NOTHING = "–";

export function formatCount(value: number): string {
  return count.format(value);
}

/** `formatCounted(2, "file")` is "2 files". */
export function formatCounted(value: number, one: string, many = `${one}s`): string {
  return `${count.format(value)} ${value === 1 ? one : many}`;
}

/** "1:02:03" or "4:05", as players show it. */
export function formatDuration(durationSeconds: number | null): string {
  if (durationSeconds === null || !Number.isFinite(durationSeconds)) return NOTHING;
  // Less than a second is shown as a second.
  const whole = durationSeconds > 0 ? Math.max(1, Math.round(durationSeconds)) : 0;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index ? String(part).padStart(2, "0") : String(part))).join(":");
}

/** "3 minutes": an estimate of the time left. */
export function formatTimeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return NOTHING;
  if (seconds < 1) return "less than a second";
  if (seconds < 60) return formatCounted(Math.round(seconds), "second");
  if (seconds < 3600) return formatCounted(Math.round(seconds / 60), "minute");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.round((seconds % 3600) / 60);
  return `${formatCounted(hours, "hour")} ${formatCounted(minutes, "minute")}`;
}

/** "1.2 GB", in powers of a thousand, as disks are sold. */
export function formatSize(sizeBytes: number | null): string {
  if (sizeBytes === null) return NOTHING;
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = sizeBytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : decimal.format(value)} ${units[unit] ?? ""}`;
}

/** "3.2 Mb/s". */
export function formatBitRate(bitsPerSecond: number | null): string {
  if (bitsPerSecond === null) return NOTHING;
  if (bitsPerSecond < 1e6) return `${count.format(Math.round(bitsPerSecond / 1e3))} kb/s`;
  return `${decimal.format(bitsPerSecond / 1e6)} Mb/s`;
}

/** A fraction of 0 to 1 as "42%", rounded down: 100% means done. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(fraction * 100)}%`;
}

export function formatDateTime(iso: string | null): string {
  return iso === null ? NOTHING : dateTime.format(new Date(iso));
}

const weekdayTime = new Intl.DateTimeFormat("en", { weekday: "short", hour: "numeric", minute: "2-digit" });

/** "Fri 6:00 AM": a time within a week. */
export function formatWeekdayTime(iso: string): string {
  return weekdayTime.format(new Date(iso));
}

const days = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });

/** "2024-05-31" as "May 31, 2024". */
export function formatDay(day: string): string {
  return days.format(new Date(`${day}T00:00:00Z`));
}

/** "5 minutes ago". */
export function formatAgo(iso: string | null, now: Date = new Date()): string {
  if (iso === null) return NOTHING;
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 31_557_600],
    ["month", 2_629_800],
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return "just now";
}

/** "30000/1001" as "29.97 fps". */
export function formatFrameRate(frameRate: string | null): string {
  if (frameRate === null) return NOTHING;
  const [numerator = 0, denominator = 1] = frameRate.split("/").map(Number);
  if (!numerator || !denominator) return NOTHING;
  return `${new Intl.NumberFormat("en", { maximumFractionDigits: 3 }).format(numerator / denominator)} fps`;
}

/** The server's height classes, by the longer or the shorter side, with their labels. */
const heightClasses: readonly [name: string, long: number, short: number][] = [
  ["4K", 3840, 2160],
  ["1440p", 2560, 1440],
  ["1080p", 1920, 1080],
  ["720p", 1280, 720],
  ["480p", 854, 480],
];

/** "4K", "1080p" …; null if the size is unknown. */
export function formatResolution(width: number | null, height: number | null): string | null {
  if (!width || !height) return null;
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  const found = heightClasses.find((one) => long >= one[1] || short >= one[2]);
  return found === undefined ? `${short}p` : found[0];
}

/** The classes of heights from the highest down, with their labels. */
export const heightClassLabels: Readonly<Record<HeightClass, string>> = {
  "2160p": "4K",
  "1440p": "1440p",
  "1080p": "1080p",
  "720p": "720p",
  "480p": "480p",
  lower: "Below 480p",
};
