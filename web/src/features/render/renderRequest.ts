import type { Preset, RenderBody } from "@/api/renders";
import type { DraftClip, RenderDraft } from "@/lib/renderDraft";

/** The request that a draft stands for, with those options only that its preset knows. */
export function requestOf(draft: RenderDraft, preset: Preset): RenderBody {
  const name = draft.name.trim();
  return {
    ...draft.more,
    preset: preset.name,
    clips: draft.clips.map(clipOf),
    options: optionsOf(draft, preset),
    ...(name && { name }),
  };
}

/** The sentence that says what is wrong with a draft, where that is known without asking. */
export function faultOf(draft: RenderDraft): string | null {
  const index = draft.clips.findIndex(isBackward);
  return index < 0 ? null : `Clip ${index + 1} ends before it begins. Set its out point after its in point.`;
}

export function isBackward(clip: DraftClip): boolean {
  return clip.endSeconds !== null && clip.endSeconds <= clip.startSeconds;
}

/** The options without those whose values are names that belong to another preset. */
export function optionsFor(preset: Preset, options: RenderDraft["options"]): RenderDraft["options"] {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => {
      const choices = preset.choices[name];
      return choices === undefined || choices.includes(String(value));
    }),
  );
}

function optionsOf(draft: RenderDraft, preset: Preset): Record<string, unknown> {
  const texts: unknown = draft.options["texts"];
  const options = Array.isArray(texts) ? { ...draft.options, texts: texts.filter(saysSomething) } : draft.options;
  const known = Object.entries(options).filter(
    ([name, value]) => preset.options.includes(name) && !isNothing(value),
  );
  return Object.fromEntries(known);
}

/** Words that are yet to be typed are no words. */
function saysSomething(overlay: unknown): boolean {
  if (typeof overlay !== "object" || overlay === null || !("text" in overlay)) return false;
  return typeof overlay.text === "string" && overlay.text.trim() !== "";
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function clipOf(clip: DraftClip, index: number): Record<string, unknown> {
  if (clip.videoId === "") return { ...clip.more };
  return {
    ...clip.more,
    video_id: clip.videoId,
    ...(clip.startSeconds > 0 && { start_seconds: clip.startSeconds }),
    ...(clip.endSeconds !== null && { end_seconds: clip.endSeconds }),
    ...(clip.transition && index > 0 && { transition: clip.transition }),
  };
}
