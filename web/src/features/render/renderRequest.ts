import type { Preset, RenderBody } from "@/api/renders";
import { effectsOf, isNamed, lacksFile, withoutUnnamed } from "@/features/render/effects/effect";
import { isFilledIn } from "@/features/render/fields/faults";
import { imagePath, secondsOf, type DraftClip, type DraftTransition, type RenderDraft } from "@/lib/renderDraft";

const OVERLAYS: ReadonlySet<string> = new Set(["texts", "images"]);

/** Converts a draft to a request, with only the options that its preset supports. */
export function requestOf(draft: RenderDraft, preset: Preset): RenderBody {
  return { ...templateOf(draft, preset), clips: draft.clips.map(clipOf) };
}

/** Converts a draft to a request without clips. */
export function templateOf(draft: RenderDraft, preset: Preset): Omit<RenderBody, "clips"> {
  const name = draft.name.trim();
  return {
    ...draft.more,
    preset: preset.name,
    options: optionsOf(draft, preset),
    ...(name && { name }),
  };
}

/** Returns a sentence about an error that needs no server to be found, or null. */
export function faultOf(draft: RenderDraft): string | null {
  const faults = draft.clips.flatMap((clip, index) => {
    const name = `Clip ${index + 1}`;
    const bare = effectsOf(clip.more).findIndex(lacksFile);
    if (isBackward(clip)) return [`${name} ends before it starts. Set its out point after its in point.`];
    if (imagePath(clip)?.trim() === "") return [`${name} has no image yet. Enter the path of one.`];
    return bare < 0 ? [] : [`Effect ${bare + 1} of clip ${index + 1} has no file yet. Enter the path of one.`];
  });
  return faults[0] ?? null;
}

/** Returns whether the server can measure the size: of one encoded video without a limit. */
export function canMeasure(draft: RenderDraft, preset: Preset): boolean {
  return (
    preset.options.includes("video_codec") && isNothing(draft.options["max_bytes"]) && draft.more["separate"] !== true
  );
}

export function isBackward(clip: DraftClip): boolean {
  return clip.endSeconds !== null && clip.endSeconds <= clip.startSeconds;
}

/** Returns the options without values that the preset does not have. */
export function optionsFor(preset: Preset, options: RenderDraft["options"]): RenderDraft["options"] {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => {
      const choices = preset.choices[name];
      return choices === undefined || choices.includes(String(value));
    }),
  );
}

/** Returns the options to send: those that the preset supports and that have a value. */
export function optionsOf(draft: RenderDraft, preset: Preset): Record<string, unknown> {
  const filled = Object.entries(draft.options).map(([name, value]): [string, unknown] =>
    OVERLAYS.has(name) && Array.isArray(value) ? [name, value.filter(isFilledIn)] : [name, value],
  );
  return Object.fromEntries(filled.filter(([name, value]) => preset.options.includes(name) && !isNothing(value)));
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function clipOf(clip: DraftClip, index: number): Record<string, unknown> {
  const { start_seconds: start, end_seconds: end, transition, ...more } = named(clip.more);
  const joined = clip.transition && index > 0 && { transition: exactTransition(clip.transition, transition) };
  if (clip.videoId === "") return { ...more, ...joined };
  return {
    ...more,
    video_id: clip.videoId,
    ...(clip.startSeconds > 0 && { start_seconds: exactly(clip.startSeconds, start) }),
    ...(clip.endSeconds !== null && { end_seconds: exactly(clip.endSeconds, end) }),
    ...joined,
  };
}

/** Returns the fields of a clip without files that are yet to be named. */
function named(more: DraftClip["more"]): Record<string, unknown> {
  const { subtitle_file: subtitles, ...rest } = more;
  return {
    ...rest,
    ...(isNamed(subtitles) && { subtitle_file: subtitles }),
    ...("effects" in more && { effects: effectsOf(more).map(withoutUnnamed) }),
  };
}

function exactTransition(transition: DraftTransition, written: unknown): Record<string, unknown> {
  const seconds = typeof written === "object" && written !== null && "seconds" in written ? written.seconds : null;
  return { kind: transition.kind, seconds: exactly(transition.seconds, seconds) };
}

/** Returns the original form of seconds if they were not changed. */
function exactly(seconds: number, written: unknown): unknown {
  return secondsOf(written) === seconds ? written : seconds;
}
