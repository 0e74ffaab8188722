import type { VideoDetail } from "@/api/types";
import { changesOf } from "@/features/render/clips/clipChanges";
import type { ClipVideo } from "@/features/render/useClipVideos";
import { gapSeconds, imagePath, secondsOf, type DraftClip, type RenderDraft } from "@/lib/renderDraft";

/** A part of the preview: a cut of a video, or a time in which nothing moves. */
export interface Segment {
  key: string;
  /** The number of its clip, from 1. */
  number: number;
  /** Null for gaps, images and videos that cannot be played. */
  video: VideoDetail | null;
  /** What is shown instead of a video; "" for black. */
  words: string;
  /** The in point, in seconds of the file. */
  startSeconds: number;
  speed: number;
  /** A factor of the volume; 0 is silent. */
  gain: number;
  /** Its start and its duration in seconds of the preview. */
  at: number;
  seconds: number;
}

/** A place in the preview: a segment, and the seconds since its start. */
export interface Place {
  index: number;
  offset: number;
}

/**
 * Returns what the clips of a draft show, one after the other; clips without a known duration are left out.
 *
 * A transition, in which two clips overlap, becomes a cut in its middle, so that times agree with the result.
 */
export function segmentsOf(clips: readonly DraftClip[], videos: ReadonlyMap<string, ClipVideo>): Segment[] {
  const segments: Segment[] = [];
  clips.forEach((clip, index) => {
    const segment = segmentOf(clip, index + 1, videos.get(clip.videoId));
    if (!(segment.seconds > 0)) return;
    const before = segments.at(-1);
    const shared = before && clip.transition ? Math.min(clip.transition.seconds, before.seconds, segment.seconds) : 0;
    if (before) before.seconds -= shared / 2;
    segment.seconds -= shared / 2;
    segment.startSeconds += (shared / 2) * segment.speed;
    segment.at = before ? before.at + before.seconds : 0;
    segments.push(segment);
  });
  return segments;
}

/** Returns the duration of all segments in seconds. */
export function totalSeconds(segments: readonly Segment[]): number {
  const last = segments.at(-1);
  return last ? last.at + last.seconds : 0;
}

/** Returns the place at a time of the preview, at most its end. */
export function placeAt(segments: readonly Segment[], seconds: number): Place {
  const found = segments.findLastIndex((segment) => segment.at <= seconds);
  const index = Math.max(found, 0);
  const segment = segments[index];
  return { index, offset: segment ? Math.min(Math.max(seconds - segment.at, 0), segment.seconds) : 0 };
}

const SHOWN_EDITS = /^(\d.*× speed|Muted|Volume .*)$/u;

/** A picture may be shown a moment before the time at which it is due. */
const EARLY_SECONDS = 0.005;

/** Returns how far a segment is when its player is at `currentTime`, and whether it is over. */
export function progressOf(
  { startSeconds, speed, seconds }: Segment,
  { currentTime, ended }: Pick<HTMLMediaElement, "currentTime" | "ended">,
): { offset: number; isOver: boolean } {
  const passed = (currentTime - startSeconds) / speed;
  return { offset: Math.min(Math.max(passed, 0), seconds), isOver: ended || passed >= seconds - EARLY_SECONDS };
}

const EDIT_KINDS: readonly [pattern: RegExp, words: string][] = [
  [/^Cropped /u, "the crop"],
  [/^Rotated /u, "rotation"],
  [/^Fade /u, "fades"],
  [/^Audio stream /u, "the choice of the audio stream"],
  [/^Subtitles /u, "burned-in subtitles"],
];

/** Returns the kinds of edits of clips, as parts of a sentence; those without a kind as they are called. */
function namedOnce(edits: readonly string[]): string[] {
  const words = edits.map((edit) => EDIT_KINDS.find(([pattern]) => pattern.test(edit))?.[1] ?? lowered(edit));
  return [...new Set(words)];
}

function lowered(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** Returns what the result will have and the preview lacks, in a few words each. */
export function missingFrom(draft: RenderDraft): string[] {
  const edits = draft.clips.flatMap((clip) => (gapSeconds(clip) === null ? changesOf(clip.more) : []));
  const hasList = (name: string) => Array.isArray(draft.options[name]) && draft.options[name].length > 0;
  const lacks = [
    draft.clips.some((clip, index) => index > 0 && clip.transition) && "transitions",
    ...namedOnce(edits.filter((edit) => !SHOWN_EDITS.test(edit))),
    Array.isArray(draft.more["audio"]) && draft.more["audio"].length > 0 && "background audio",
    hasList("texts") && "text overlays",
    hasList("images") && "image overlays",
  ];
  return lacks.filter((one) => typeof one === "string");
}

function segmentOf(clip: DraftClip, number: number, known: ClipVideo | undefined): Segment {
  const base = { key: clip.key, number, video: null, words: "", startSeconds: 0, speed: 1, gain: 1, at: 0 };
  const gap = gapSeconds(clip);
  if (gap !== null) return { ...base, seconds: gap };
  const image = imagePath(clip);
  if (image !== null) {
    const name = image.split("/").at(-1) ?? "";
    return { ...base, words: name === "" ? "Image" : `Image ${name}`, seconds: secondsOf(clip.more["seconds"]) ?? 0 };
  }
  const video = known?.video;
  const end = Math.min(clip.endSeconds ?? Infinity, video?.duration_seconds ?? Infinity);
  const speed = numberOf(clip.more["speed"]) ?? 1;
  const decibels = numberOf(clip.more["volume_db"]) ?? 0;
  return {
    ...base,
    video: known?.trouble ? null : (video ?? null),
    words: known?.trouble ?? "",
    startSeconds: clip.startSeconds,
    speed,
    gain: clip.more["mute"] === true ? 0 : 10 ** (decibels / 20),
    seconds: Number.isFinite(end) ? (end - clip.startSeconds) / speed : 0,
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && value !== 0 ? value : null;
}
