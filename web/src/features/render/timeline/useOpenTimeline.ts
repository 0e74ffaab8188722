import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { sentenceOf } from "@/api/problem";
import { importTimeline, MOST_TIMELINE_BYTES, type TakenTimeline } from "@/api/timelines";
import type { TimelineNews } from "@/features/render/timeline/timelineNews";
import { formatSize } from "@/lib/format";
import { draftOf, setRenderDraft, type RenderDraft } from "@/lib/renderDraft";

interface Opened {
  file: string;
  taken: TakenTimeline;
}

/** Opens timeline files; existing clips are replaced only after confirmation. */
export function useOpenTimeline(draft: RenderDraft, onNews: (news: TimelineNews | null) => void) {
  const [waiting, setWaiting] = useState<Opened | null>(null);
  const opening = useMutation({
    mutationFn: async (file: File) => {
      if (file.size > MOST_TIMELINE_BYTES) {
        throw new Error(`The file is too large. The limit is ${formatSize(MOST_TIMELINE_BYTES)}.`);
      }
      return importTimeline(await file.text());
    },
    onMutate: () => onNews(null),
    onError: (error, file) => onNews({ kind: "unopened", file: file.name, notes: [sentenceOf(error)] }),
    onSuccess: (taken, file) => {
      const opened = { file: file.name, taken };
      if (draft.clips.length > 0) setWaiting(opened);
      else show(opened);
    },
  });

  function show({ file, taken }: Opened) {
    setRenderDraft(draftOf(taken.request));
    onNews({ kind: "opened", file, notes: taken.notes });
  }

  return {
    open: opening.mutate,
    isOpening: opening.isPending,
    waiting: waiting?.file ?? null,
    replace: () => {
      if (waiting) show(waiting);
      setWaiting(null);
    },
    keep: () => setWaiting(null),
  };
}
