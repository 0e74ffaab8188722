import type { Tag } from "@/api/tags";
import { formatCount, formatCounted } from "@/lib/format";

/** "130 videos (2 of them missing)": all that a change of this tag edits. */
export function tagVideos(tag: Pick<Tag, "count" | "missing">): string {
  const missing = tag.missing === 0 ? "" : ` (${formatCount(tag.missing)} of them missing)`;
  return formatCounted(tag.count + tag.missing, "video") + missing;
}

/** What renaming a tag does; `into` is the tag that has the new name. */
export function renameWords(tag: Tag, into: Tag | null): string {
  if (!into) return `Used by ${tagVideos(tag)}. You can undo this for 24 hours.`;
  return (
    `There is already a tag “${into.name}”, used by ${tagVideos(into)}. ` +
    `Merging puts it on the ${tagVideos(tag)} with “${tag.name}”, and “${tag.name}” is gone. You can undo this for 24 hours.`
  );
}
