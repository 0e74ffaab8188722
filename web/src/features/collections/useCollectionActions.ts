import { useQueryClient } from "@tanstack/react-query";

import {
  COLLECTIONS_KEY,
  createCollection,
  deleteCollection,
  moveInCollection,
  removeFromCollection,
  renameCollection,
  type Collection,
} from "@/api/collections";
import type { Video } from "@/api/types";
import { videoKeys } from "@/api/videos";
import { showBulkOutcome } from "@/components/ui/bulkNotices";
import { showFailure } from "@/components/ui/failureNotice";
import { refresh } from "@/lib/live/refresh";
import { shownName } from "@/lib/shownName";

/** Returns functions that change collections, and show why they could not; each returns whether it was done. */
export function useCollectionChanges() {
  const queryClient = useQueryClient();

  async function attempt(title: string, change: () => Promise<unknown>): Promise<boolean> {
    try {
      await change();
      return true;
    } catch (error) {
      showFailure(title, error);
      return false;
    } finally {
      await refresh(queryClient, COLLECTIONS_KEY);
    }
  }

  return {
    attempt,
    create: (name: string) => attempt("Could not create the collection", () => createCollection(name)),
    rename: (collection: Collection, name: string) =>
      attempt("Could not rename the collection", () => renameCollection(collection, name)),
    remove: (collection: Collection) =>
      attempt("Could not delete the collection", async () => {
        const undo = await deleteCollection(collection.id);
        showBulkOutcome({ count: 1, undo }, () => `Collection “${shownName(collection.name)}” deleted. Its videos stay.`, "");
      }),
  };
}

/** Returns functions that change the videos of a collection; each returns whether it was done. */
export function useCollectionActions(id: string) {
  const queryClient = useQueryClient();
  const { attempt } = useCollectionChanges();
  return {
    move: (videoId: string, before: string | null, name: string, place: number) =>
      attempt("Could not move the video", async () => {
        try {
          const { changed, undo } = await moveInCollection(id, videoId, before);
          showBulkOutcome({ count: changed, undo }, () => `“${name}” moved to position ${place}.`, "");
        } finally {
          // Also if it failed: then others have changed the collection.
          await refresh(queryClient, videoKeys.all);
        }
      }),
    remove: (video: Video) =>
      attempt("Could not remove the video", async () => {
        const { changed, undo } = await removeFromCollection(id, [video.id]);
        await refresh(queryClient, videoKeys.all);
        const name = shownName(video.title ?? video.name);
        showBulkOutcome({ count: changed, undo }, () => `“${name}” removed from the collection.`, "");
      }),
  };
}
