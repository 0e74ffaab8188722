import type { BulkEdit } from "@/api/bulk";
import type { QueuedEdit } from "@/lib/edits/editQueue";
import { formatCounted } from "@/lib/format";

/** "41 videos rated." */
export function bulkDoneWords(edit: BulkEdit, count: number): string {
  return `${formatCounted(count, "video")} ${"rating" in edit ? "rated" : "tagged"}.`;
}

/** "Rating videos." */
export function bulkStartedWords(edit: BulkEdit): string {
  return "rating" in edit ? "Rating videos." : "Editing tags.";
}

/** "Could not save the rating of “beach.mp4”". */
export function refusedWords(edit: QueuedEdit): string {
  if (edit.kind === "video") return `Could not save the ${edit.change.field} of “${edit.name}”`;
  return "rating" in edit.edit ? "Could not rate videos" : "Could not edit tags";
}
