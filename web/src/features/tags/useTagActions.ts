import { useQueryClient } from "@tanstack/react-query";

import type { BulkOutcome } from "@/api/bulk";
import { deleteTag, renameTag, type Tag } from "@/api/tags";
import { videoKeys } from "@/api/videos";
import { showBulkOutcome } from "@/components/ui/bulkNotices";
import { formatCounted } from "@/lib/format";

/** Returns functions that change tags on all of their videos, and offer to undo that. */
export function useTagActions() {
  const queryClient = useQueryClient();

  function report(outcome: BulkOutcome, done: string, started: string) {
    for (const queryKey of [["tags"], videoKeys.all, ["facets"], ["searches"]]) {
      void queryClient.invalidateQueries({ queryKey });
    }
    showBulkOutcome(outcome, (count) => `${done} ${formatCounted(count, "video")}.`, started);
  }

  return {
    rename: async (tag: Tag, name: string) =>
      report(await renameTag(tag, name, false), `“${tag.name}” is now “${name}” on`, "Renaming the tag."),
    merge: async (tag: Tag, into: Tag) =>
      report(await renameTag(tag, into.name, true), `“${into.name}” instead of “${tag.name}” on`, "Merging the tags."),
    remove: async (tag: Tag) => report(await deleteTag(tag), `“${tag.name}” removed from`, "Removing the tag."),
  };
}
