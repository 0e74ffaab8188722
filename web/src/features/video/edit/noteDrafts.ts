/** Unsaved notes, stored in this browser so that nothing typed is lost. */

export interface NoteDraft {
  /** The server's notes at the start of the edit. */
  base: string | null;
  text: string;
}

const keyOf = (videoId: string) => `stoat-ferret.notes.${videoId}`;

export function readNoteDraft(videoId: string): NoteDraft | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(videoId)) ?? "null");
    return isDraft(found) ? found : null;
  } catch {
    return null;
  }
}

export function keepNoteDraft(videoId: string, draft: NoteDraft): void {
  try {
    localStorage.setItem(keyOf(videoId), JSON.stringify(draft));
  } catch {
    // Full, or forbidden: the draft is then only in memory.
  }
}

export function dropNoteDraft(videoId: string): void {
  try {
    localStorage.removeItem(keyOf(videoId));
  } catch {
    // It could not be stored either.
  }
}

function isDraft(value: unknown): value is NoteDraft {
  if (typeof value !== "object" || value === null) return false;
  const { base, text } = value as Partial<Record<"base" | "text", unknown>>;
  return typeof text === "string" && (base === null || typeof base === "string");
}
