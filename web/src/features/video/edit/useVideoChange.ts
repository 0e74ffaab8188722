import { useMutation, useQueryClient } from "@tanstack/react-query";

import { EditConflict, mergeTags, saveChange, type AnnotationField, type VideoChange } from "@/features/video/edit/videoChange";

/** Saves edits of a video one at a time, so that none overtakes another. */
export function useVideoChange<Field extends AnnotationField>(videoId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: { id: `video-${videoId}` },
    mutationFn: (change: VideoChange<Field>) => saveChange(queryClient, videoId, change),
  });
}

/** Saves edits of tags: those of two people are merged without asking. */
export function useTagsChange(videoId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: { id: `video-${videoId}` },
    mutationFn: async (change: VideoChange<"tags">) => {
      try {
        return await saveChange(queryClient, videoId, change);
      } catch (error) {
        if (!(error instanceof EditConflict)) throw error;
        const theirs = error.theirs as readonly string[];
        const mine = mergeTags(theirs, change.base, change.mine);
        return saveChange(queryClient, videoId, { field: "tags", base: theirs, mine });
      }
    },
  });
}
