import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { NOTHING_DONE } from "@/api/bulk";
import type { Video } from "@/api/types";
import { videoKeys } from "@/api/videos";
import { showFailure } from "@/components/ui/failureNotice";
import { newKey } from "@/lib/edits/newKey";
import { submitEdit } from "@/lib/edits/sendEdits";
import { useShortcuts } from "@/lib/shortcuts";

/** Makes the focused video of a list a favourite by a key, or not one any more by the same key. */
export function useFavouriteKey(at: (index: number) => Video | undefined): void {
  const queryClient = useQueryClient();
  // What was chosen last, which the list does not show yet.
  const chosen = useRef(new Map<string, boolean>());

  async function toggle(video: Video) {
    const favourite = !(chosen.current.get(video.id) ?? video.favourite);
    chosen.current.set(video.id, favourite);
    try {
      const which = { video_ids: [video.id] };
      await submitEdit(queryClient, { id: newKey(), kind: "bulk", which, edit: { favourite }, done: NOTHING_DONE });
    } catch (error) {
      showFailure("Could not change favourites", error);
    }
    await queryClient.invalidateQueries({ queryKey: videoKeys.all });
    if (chosen.current.get(video.id) === favourite) chosen.current.delete(video.id);
  }

  const focused = () => {
    const index = document.activeElement?.closest("[data-index]")?.getAttribute("data-index");
    return index ? at(Number(index)) : undefined;
  };
  useShortcuts([
    {
      keys: "h",
      label: "Add to favourites, or remove",
      when: () => focused() !== undefined,
      run: () => {
        const video = focused();
        if (video) void toggle(video);
      },
    },
  ]);
}
