import type { DuplicateGroup } from "@/api/duplicates";
import { formatCount, formatCounted, formatSize } from "@/lib/format";

/** "3 files of 1.4 GB: beach.mp4". */
export function groupTitle(group: DuplicateGroup): string {
  const name = group.videos[0]?.name ?? "";
  return `${formatCount(group.copies)} files of ${formatSize(group.size_bytes)}: ${name}`;
}

/** What is known to be the same about the files of a group. */
export function sameWords(group: DuplicateGroup): string {
  return group.is_whole
    ? "Same content."
    : "Same size and samples: the first and the last 64 KiB are the same. What lies between was not compared.";
}

/** "3 groups were resolved." */
export function resolvedWords(total: number): string {
  if (total === 0) return "No group was resolved.";
  return `${formatCounted(total, "group")} ${total === 1 ? "was" : "were"} resolved.`;
}

/** "12 groups of duplicates. Keeping one file of each would free 3.4 GB." */
export function totalWords(total: number, spareBytes: number): string {
  if (total === 0) return "No duplicates.";
  return `${formatCounted(total, "group")} of duplicates. Keeping one file of each would free ${formatSize(spareBytes)}.`;
}
