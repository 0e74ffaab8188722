import { useSyncExternalStore } from "react";

import { keptText } from "@/lib/keptText";

/** The draft of a render, stored in this browser and shared by its tabs. */

/**
 * A part of a video; an `endSeconds` of null is its end. `more` has its other fields in a request,
 * and its times in their original form if no decimal number is exact. A gap (black, silent) has no
 * video, but `gap_seconds` in `more`.
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
  /** By name; those that the preset does not support are kept for other presets. */
  options: Readonly<Record<string, unknown>>;
  name: string;
  /** The other fields of a request, taken from a recipe. */
  more: Readonly<Record<string, unknown>>;
}

export const MOST_CLIPS = 100;
export const USUAL_PRESET = "web-1080p";

const EMPTY: RenderDraft = { clips: [], preset: USUAL_PRESET, options: {}, name: "", more: {} };

const kept = keptText("stoat-ferret.render");
let known: { text: string | null; draft: RenderDraft } = { text: null, draft: EMPTY };

export function emptyDraft(): RenderDraft {
  return EMPTY;
}

/** Returns the current draft; the same object until it changes. */
export function renderDraft(): RenderDraft {
  const text = kept.read();
  if (text !== known.text) known = { text, draft: parseDraft(text) };
  return known.draft;
}

export function useRenderDraft(): RenderDraft {
  return useSyncExternalStore(kept.subscribe, renderDraft);
}

export function setRenderDraft(draft: RenderDraft): void {
  kept.write(JSON.stringify(draft));
}

export function changeRenderDraft(change: Partial<RenderDraft>): void {
  setRenderDraft({ ...renderDraft(), ...change });
}

/** Returns a clip of a video, by default the whole video. */
export function newClip(videoId: string, startSeconds = 0, endSeconds: number | null = null): DraftClip {
  return { key: newKey(), videoId, startSeconds, endSeconds, transition: null, more: {} };
}

/** Returns another clip with the same cut and edits. */
export function copyOf(clip: DraftClip): DraftClip {
  return { ...clip, key: newKey() };
}

/** Returns a gap: black and silent. */
export function newGap(seconds: number): DraftClip {
  return { ...newClip(""), more: { gap_seconds: seconds } };
}

/** Returns an image that is shown for some seconds; its file is yet to be named. */
export function newImage(seconds: number): DraftClip {
  return { ...newClip(""), more: { image: { path: "" }, seconds } };
}

/** Appends clips; returns how many there was room for. */
export function addClips(clips: readonly DraftClip[]): number {
  const before = renderDraft().clips;
  const added = clips.slice(0, Math.max(0, MOST_CLIPS - before.length));
  changeRenderDraft({ clips: [...before, ...added] });
  return added.length;
}

/** Takes the clips of a started render out of the draft, with its name and other fields. */
export function takeStarted(started: RenderDraft): void {
  const taken = new Set(started.clips.map((clip) => clip.key));
  const { clips, ...before } = renderDraft();
  // Clips may have been added meanwhile, in another tab.
  setRenderDraft({ ...before, clips: clips.filter((clip) => !taken.has(clip.key)), name: "", more: {} });
}

/** Returns the path of an image that is shown as a clip; null for other clips. */
export function imagePath(clip: DraftClip): string | null {
  const image = clip.videoId === "" ? clip.more["image"] : null;
  return isObject(image) && typeof image["path"] === "string" ? image["path"] : null;
}

/** Returns the duration of a gap; null for other clips. */
export function gapSeconds(clip: DraftClip): number | null {
  return clip.videoId === "" ? secondsOf(clip.more["gap_seconds"]) : null;
}

/** Converts a request, such as that of a recipe, to a draft. */
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

/** Returns whether two drafts have the same cuts and the same preset. */
export function isSameRender(one: RenderDraft, other: RenderDraft): boolean {
  const cuts = ({ preset, clips }: RenderDraft) =>
    JSON.stringify([preset, clips.map(({ videoId, startSeconds, endSeconds }) => [videoId, startSeconds, endSeconds])]);
  return cuts(one) === cuts(other);
}

/** Parses a draft; invalid parts are dropped. */
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
  if (videoId === "" && !(isObject(more) && ("gap_seconds" in more || "image" in more))) return [];
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

/** Returns the times of a clip that are fractions in text. */
function writtenAsText(times: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isText = (time: unknown) => typeof (isObject(time) ? time["seconds"] : time) === "string";
  return Object.fromEntries(Object.entries(times).filter(([, time]) => isText(time)));
}

/** Parses seconds: a number, or a fraction in text; null for anything else. */
export function secondsOf(value: unknown): number | null {
  const [numerator = NaN, denominator = 1] =
    typeof value === "number" ? [value] : typeof value === "string" ? value.split("/").map(Number) : [];
  const seconds = numerator / denominator;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

function newKey(): string {
  return Math.random().toString(36).slice(2, 10);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
