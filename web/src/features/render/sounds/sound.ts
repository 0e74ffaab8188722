import type { RenderDraft } from "@/lib/renderDraft";

/** Background audio in the form of a request. */
export type Sound = Readonly<Record<string, unknown>>;

export function soundsOf(draft: RenderDraft): Sound[] {
  const sounds = draft.more["audio"];
  return Array.isArray(sounds) ? sounds.filter((one): one is Sound => typeof one === "object" && one !== null) : [];
}

/** Returns the rest of a request with other background audio. */
export function withSounds(more: RenderDraft["more"], sounds: readonly Sound[]): RenderDraft["more"] {
  const rest = Object.entries(more).filter(([name]) => name !== "audio");
  return { ...Object.fromEntries(rest), ...(sounds.length > 0 && { audio: sounds }) };
}

export function videoIdOf(sound: Sound): string {
  const id = sound["video_id"];
  return typeof id === "string" ? id : "";
}
