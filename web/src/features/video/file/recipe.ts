/** What the request of a render used. */
export interface Sources {
  /** The name of the preset. */
  preset: string;
  /** The number of clips, with images and gaps. */
  clips: number;
  /** The videos of clips and background audio, each once. */
  videoIds: string[];
}

/** Returns what a request used; what cannot be read of it is left out. */
export function sourcesOf(request: Readonly<Record<string, unknown>>): Sources {
  const { preset, clips, audio } = request;
  const pieces = [...listOf(clips), ...listOf(audio)];
  const ids = pieces.map((piece) => piece["video_id"]).filter((id) => typeof id === "string");
  return {
    preset: typeof preset === "string" ? preset : "",
    clips: listOf(clips).length,
    videoIds: [...new Set(ids)],
  };
}

function listOf(value: unknown): Record<string, unknown>[] {
  const items: unknown[] = Array.isArray(value) ? value : [];
  return items.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null);
}
