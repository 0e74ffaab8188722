import { useCallback, useEffect, useRef, useState } from "react";

import { ApiError } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { dropNoteDraft, keepNoteDraft, readNoteDraft, type NoteDraft } from "@/features/video/edit/noteDrafts";
import { useVideoChange } from "@/features/video/edit/useVideoChange";
import { EditConflict, isSame } from "@/lib/edits/videoChange";

const PAUSE_MILLISECONDS = 1000;
const RETRY_MILLISECONDS = 3000;

/** Returns the notes being typed: saved after each pause, stored in the browser until then. */
export function useNotes(video: VideoDetail) {
  const [draft, setDraft] = useState<NoteDraft | null>(() => readNoteDraft(video.id));
  const change = useVideoChange<"notes">(video.id);
  const { mutateAsync, reset } = change;
  // The current draft, for callbacks that run after their render.
  const latest = useRef(draft);
  const saving = useRef<Promise<boolean> | null>(null);
  const [decidesLater, setDecidesLater] = useState(false);
  const conflict = change.error instanceof EditConflict ? change.error : null;

  const keep = useCallback((next: NoteDraft | null) => {
    latest.current = next;
    setDraft(next);
    if (next === null || isSaved(next)) dropNoteDraft(video.id);
    else keepNoteDraft(video.id, next);
  }, [video.id]);

  /** Saves pending changes; returns whether nothing is left to save. */
  const flush = useCallback(async (): Promise<boolean> => {
    while (saving.current) await saving.current;
    const sent = latest.current;
    if (sent === null || isSaved(sent)) return true;
    const save = async () => {
      try {
        const { video: saved } = await mutateAsync({ field: "notes", base: sent.base, mine: written(sent.text) });
        const now = latest.current;
        if (now) keep({ base: saved.notes, text: now.text });
        return true;
      } catch {
        return false; // told by the mutation
      }
    };
    saving.current = save();
    try {
      return await saving.current;
    } finally {
      saving.current = null;
    }
  }, [mutateAsync, keep]);

  const unsaved = draft !== null && !isSaved(draft);
  const retries = change.error instanceof ApiError && (change.error.status ?? 500) >= 500;
  const failed = change.isError;
  useEffect(() => {
    if (!unsaved || (failed && !retries)) return;
    const timer = setTimeout(() => void flush(), failed ? RETRY_MILLISECONDS : PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [draft, unsaved, failed, retries, flush, change.failureCount, change.submittedAt]);

  // Notes from other people show at once unless something is pending here.
  const isCurrent = unsaved || (draft !== null && isSame(draft.base, video.notes));

  return {
    text: isCurrent ? draft.text : (video.notes ?? ""),
    unsaved,
    saving: change.isPending,
    /** Whether a failed save is tried again by itself. */
    retries,
    error: unsaved ? change.error : null,
    conflict: decidesLater ? null : conflict,
    flush,
    saveNow: () => {
      setDecidesLater(false);
      void flush();
    },
    write: (next: string) => {
      if (failed && !conflict) reset();
      const base = unsaved ? draft.base : video.notes;
      keep({ base, text: next });
    },
    /** Shows the notes as saved, without surrounding spaces. */
    settle: () => {
      if (latest.current && isSaved(latest.current)) keep(null);
    },
    takeTheirs: () => {
      reset();
      keep(null);
    },
    keepMine: () => {
      if (!conflict || !latest.current) return;
      keep({ base: conflict.theirs as string | null, text: latest.current.text });
      reset();
      void flush();
    },
    decideLater: () => setDecidesLater(true),
  };
}

/** The form that the server stores. */
function written(text: string): string | null {
  return text.trim() || null;
}

function isSaved(draft: NoteDraft): boolean {
  return isSame(written(draft.text), draft.base);
}
