import { formatDuration, formatSize } from "@/lib/format";

/** A line of words, and the page that it is about. */
export interface DetailLine {
  text: string;
  href: string | null;
}

export interface Detail {
  label: string;
  lines: DetailLine[];
}

const MOST_LINES = 10;
const NOTHING = "–";

/** Labels that a name alone does not give. */
const labels: Readonly<Record<string, string>> = {
  root: "Library folder",
  recursive: "Include subfolders",
  force: "Rescan unchanged files",
  parts: "Folders with changes",
  growing: "Still being written",
  video_ids: "Videos",
  job_id: "Job ID",
  query: "Search and filters",
  q: "Words",
};

/** The parameters or the result of a job, of any kind, as words: never as the data that they are. */
export function detailsOf(values: Readonly<Record<string, unknown>>): Detail[] {
  return Object.entries(values).map(([name, value]) => ({ label: labelOf(name), lines: linesOf(name, value) }));
}

/** The words for a field: "Start" for `start_seconds`. */
export function labelOf(name: string): string {
  const words = name.replace(/_(?:seconds|bytes|ids?)$/, "").replaceAll(/[_-]/g, " ");
  return labels[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

function linesOf(name: string, value: unknown): DetailLine[] {
  if (!Array.isArray(value) || value.length === 0) return [lineOf(name, value)];
  const items: readonly unknown[] = value;
  if (items.every((item) => !isObject(item)) && !isOfVideos(name)) {
    return [plain(shortened(items.map((item) => wordsOf(name, item)), ", "))];
  }
  const shown = items.slice(0, MOST_LINES).map((item, at) => numbered(lineOf(name, item), at + 1));
  const more = items.length - shown.length;
  return more > 0 ? [...shown, plain(`and ${more} more`)] : shown;
}

function numbered(line: DetailLine, number: number): DetailLine {
  return { ...line, text: line.text === NOTHING ? `Video ${number}` : `${number}. ${line.text}` };
}

function lineOf(name: string, value: unknown): DetailLine {
  if (isOfVideos(name) && typeof value === "string") return { text: NOTHING, href: `/videos/${value}` };
  if (!isObject(value)) return plain(wordsOf(name, value));
  const { video_id: id, ...rest } = value;
  const href = typeof id === "string" ? `/videos/${id}` : null;
  return { text: wordsOf(name, rest), href };
}

function wordsOf(name: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number" && name.endsWith("_seconds")) return formatDuration(value);
  if (typeof value === "number" && name.endsWith("_bytes")) return formatSize(value);
  if (Array.isArray(value)) {
    const words = value.map((item: unknown) => (isObject(item) ? `(${wordsOf(name, item)})` : wordsOf(name, item)));
    return words.length > 0 ? shortened(words, ", ") : NOTHING;
  }
  if (isObject(value)) {
    const said = Object.entries(value).filter(([, one]) => !isEmpty(one));
    const words = said.map(([key, one]) => `${labelOf(key)}: ${isObject(one) ? `(${wordsOf(key, one)})` : wordsOf(key, one)}`);
    return words.length > 0 ? words.join(", ") : NOTHING;
  }
  return `${value as string | number}`;
}

function shortened(words: readonly string[], separator: string): string {
  const more = words.length - MOST_LINES;
  return [...words.slice(0, MOST_LINES), ...(more > 0 ? [`and ${more} more`] : [])].join(separator);
}

function isOfVideos(name: string): boolean {
  return name === "video_ids" || name === "video_id";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function plain(text: string): DetailLine {
  return { text, href: null };
}
