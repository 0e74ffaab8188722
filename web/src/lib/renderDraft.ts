import { useSyncExternalStore } from "react";

/** The render that people put together, kept in this browser and the same in all of its tabs. */

/**
 * A part of a video; null is its end. `more` is what else a request says of it, and its times as
 * they were written, where no decimal number is exact. A gap, black and silent, has no video, and
 * `gap_seconds` there.
 */
export interface DraftClip {
  key: string;
  videoId: string;
  startSeconds: number;
  endSeconds: number | null;
  transition: DraftTransition | null;
  more: Readonly<Record<string, unknown>>;
}

export interface DraftTransition {
  kind: string;
  seconds: number;
}

export interface RenderDraft {
  clips: readonly DraftClip[];
  preset: string;
  /** By their names; those that the preset does not know are kept for others. */
  options: Readonly<Record<string, unknown>>;
  name: string;
  /** What else a request says that was taken over from a recipe. */
  more: Readonly<Record<string, unknown>>;
}

export const MOST_CLIPS = 100;
export const USUAL_PRESET = "web-1080p";
const KEY = "stoat-ferret.render";

const EMPTY: RenderDraft = { clips: [], preset: USUAL_PRESET, options: {}, name: "", more: {} };

const listeners = new Set<() => void>();
let known: { text: string | null; draft: RenderDraft } = { text: null, draft: EMPTY };
/** What counts where the browser keeps nothing. */
let unkept: string | null = null;

export function emptyDraft(): RenderDraft {
  return EMPTY;
}

/** The draft as it is now; the same object as long as it does not change. */
export function renderDraft(): RenderDraft {
  const text = read();
  if (text !== known.text) known = { text, draft: parseDraft(text) };
  return known.draft;
}

export function useRenderDraft(): RenderDraft {
  return useSyncExternalStore(subscribe, renderDraft);
}

export function setRenderDraft(draft: RenderDraft): void {
  const text = JSON.stringify(draft);
  try {
    localStorage.setItem(KEY, text);
    unkept = null;
  } catch {
    unkept = text;
  }
  listeners.forEach((listener) => listener());
}

export function changeRenderDraft(change: Partial<RenderDraft>): void {
  setRenderDraft({ ...renderDraft(), ...change });
}

/** A clip of a video, all of it where nothing else is said. */
export function newClip(videoId: string, startSeconds = 0, endSeconds: number | null = null): DraftClip {
  return { key: newKey(), videoId, startSeconds, endSeconds, transition: null, more: {} };
}

/** Black and silence. */
export function newGap(seconds: number): DraftClip {
  return { ...newClip(""), more: { gap_seconds: seconds } };
}

/** Puts clips behind those that are there; how many there was room for. */
export function addClips(clips: readonly DraftClip[]): number {
  const before = renderDraft().clips;
  const added = clips.slice(0, Math.max(0, MOST_CLIPS - before.length));
  changeRenderDraft({ clips: [...before, ...added] });
  return added.length;
}

/** How long a gap is; null for a clip of a video. */
export function gapSeconds(clip: DraftClip): number | null {
  return clip.videoId === "" ? secondsOf(clip.more["gap_seconds"]) : null;
}

/** The draft that asks for what `request` asked for, such as that of a recipe. */
export function draftOf(request: Readonly<Record<string, unknown>>): RenderDraft {
  const { preset, name, options, clips, ...more } = request;
  return parseDraft(
    JSON.stringify({
      preset,
      name,
      options,
      more,
      clips: (Array.isArray(clips) ? clips : []).filter(isObject).map((clip) => {
        const { video_id: videoId, start_seconds, end_seconds, transition, ...rest } = clip;
        return {
          key: newKey(),
          videoId: videoId ?? "",
          startSeconds: secondsOf(start_seconds) ?? 0,
          endSeconds: secondsOf(end_seconds),
          transition: isObject(transition)
            ? { kind: transition["kind"] ?? "fade", seconds: secondsOf(transition["seconds"]) ?? 1 }
            : null,
          more: { ...rest, ...writtenAsText({ start_seconds, end_seconds, transition }) },
        };
      }),
    }),
  );
}

/** Whether two drafts cut the same clips for the same preset, whatever else they say. */
export function isSameRender(one: RenderDraft, other: RenderDraft): boolean {
  const cuts = ({ preset, clips }: RenderDraft) =>
    JSON.stringify([preset, clips.map(({ videoId, startSeconds, endSeconds }) => [videoId, startSeconds, endSeconds])]);
  return cuts(one) === cuts(other);
}

/** The draft in a text; what makes no sense in it is left out. */
export function parseDraft(text: string | null): RenderDraft {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "null");
  } catch {
    return EMPTY;
  }
  if (!isObject(value)) return EMPTY;
  const clips = (Array.isArray(value["clips"]) ? value["clips"] : []).flatMap(parseClip);
  return {
    clips: [...new Map(clips.map((clip) => [clip.key, clip])).values()].slice(0, MOST_CLIPS),
    preset: typeof value["preset"] === "string" ? value["preset"] : USUAL_PRESET,
    options: isObject(value["options"]) ? value["options"] : {},
    name: typeof value["name"] === "string" ? value["name"] : "",
    more: isObject(value["more"]) ? value["more"] : {},
  };
}

function parseClip(value: unknown): DraftClip[] {
  if (!isObject(value)) return [];
  const { key, videoId, startSeconds, endSeconds, transition, more } = value;
  if (typeof videoId !== "string") return [];
  if (videoId === "" && !(isObject(more) && typeof more["gap_seconds"] !== "undefined")) return [];
  return [
    {
      key: typeof key === "string" && key !== "" ? key : newKey(),
      videoId,
      startSeconds: secondsOf(startSeconds) ?? 0,
      endSeconds: secondsOf(endSeconds),
      transition: parseTransition(transition),
      more: isObject(more) ? more : {},
    },
  ];
}

function parseTransition(value: unknown): DraftTransition | null {
  if (!isObject(value) || typeof value["kind"] !== "string") return null;
  const seconds = secondsOf(value["seconds"]);
  return seconds === null || seconds === 0 ? null : { kind: value["kind"], seconds };
}

/** Those of the times of a clip that are fractions in text. */
function writtenAsText(times: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isText = (time: unknown) => typeof (isObject(time) ? time["seconds"] : time) === "string";
  return Object.fromEntries(Object.entries(times).filter(([, time]) => isText(time)));
}

/** Seconds as a number, or as a fraction in text; null for anything else. */
export function secondsOf(value: unknown): number | null {
  const [numerator = NaN, denominator = 1] =
    typeof value === "number" ? [value] : typeof value === "string" ? value.split("/").map(Number) : [];
  const seconds = numerator / denominator;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

function read(): string | null {
  if (unkept !== null) return unkept;
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("storage", hearOtherTab);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", hearOtherTab);
  };
}

function hearOtherTab(event: StorageEvent): void {
  // Null: all of it was cleared.
  if (event.key === KEY || event.key === null) listeners.forEach((listener) => listener());
}

function newKey(): string {
  return Math.random().toString(36).slice(2, 10);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
