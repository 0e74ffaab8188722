import { useMutation, useQueryClient } from "@tanstack/react-query";

import { EditConflict, mergeTags, saveChange, type SaidField, type VideoChange } from "@/features/video/edit/videoChange";

/** Saves changes of one video, one after the other, so that none overtakes another. */
export function useVideoChange<Field extends SaidField>(videoId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    scope: { id: `video-${videoId}` },
    mutationFn: (change: VideoChange<Field>) => saveChange(queryClient, videoId, change),
  });
}

/** The same for tags: what two people add and remove goes together, so nobody is asked. */
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
