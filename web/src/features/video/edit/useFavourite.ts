import { notifications } from "@mantine/notifications";

import { sentenceOf } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { useKeptChange, useWaitingChange } from "@/features/video/edit/useVideoChange";
import { EditConflict } from "@/lib/edits/videoChange";

/** Whether a video is a favourite, and a function that changes it and returns what it is then. */
export function useFavourite(video: VideoDetail): { isFavourite: boolean; isWaiting: boolean; toggle: () => boolean } {
  const change = useKeptChange<"favourite">(video);
  const waiting = useWaitingChange(video.id, "favourite");
  const isFavourite = change.isPending ? change.variables.mine : (waiting?.mine ?? video.favourite);

  function toggle(): boolean {
    const mine = !isFavourite;
    change.mutate(
      { field: "favourite", base: isFavourite, mine },
      {
        onError: (error) => {
          // Somebody else has changed it to the same.
          if (error instanceof EditConflict) return;
          notifications.show({ color: "red", title: "Not saved", message: sentenceOf(error) });
        },
      },
    );
    return mine;
  }

  return { isFavourite, isWaiting: waiting !== null && !change.isPending, toggle };
}
