import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { VideoDetail } from "@/api/types";
import { useQueuedEdits } from "@/lib/edits/editQueue";
import { newKey } from "@/lib/edits/newKey";
import { submitEdit } from "@/lib/edits/sendEdits";
import { saveChange, type AnnotationField, type Annotations, type VideoChange } from "@/lib/edits/videoChange";
import { shownName } from "@/lib/shownName";

/** Saves edits of a video one at a time, so that none overtakes another. */
export function useVideoChange<Field extends AnnotationField>(videoId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: { id: `video-${videoId}` },
    mutationFn: (change: VideoChange<Field>) => saveChange(queryClient, videoId, change),
  });
}

/** Saves edits in order, and keeps those in the browser that wait for the server. */
export function useKeptChange<Field extends AnnotationField>(video: VideoDetail) {
  const queryClient = useQueryClient();
  const name = shownName(video.title ?? video.name);
  return useMutation({
    scope: { id: `video-${video.id}` },
    mutationFn: (change: VideoChange<Field>) =>
      submitEdit(queryClient, { id: newKey(), kind: "video", videoId: video.id, name, change }),
  });
}

/** Returns the newest edit of a field that is not saved yet; null if there is none. */
export function useWaitingChange<Field extends AnnotationField>(
  videoId: string,
  field: Field,
): { mine: Annotations[Field] } | null {
  const mine = useQueuedEdits().flatMap((edit) =>
    edit.kind === "video" && edit.videoId === videoId && edit.change.field === field ? [edit.change] : [],
  );
  const newest = mine.at(-1);
  return newest ? { mine: newest.mine as Annotations[Field] } : null;
}
