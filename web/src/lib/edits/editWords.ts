import type { BulkEdit } from "@/api/bulk";
import type { QueuedEdit } from "@/lib/edits/editQueue";
import type { AnnotationField } from "@/lib/edits/videoChange";
import { formatCounted } from "@/lib/format";

/** The fields of a video that people edit, as parts of a sentence. */
export const fieldWords: Readonly<Record<AnnotationField, string>> = {
  title: "title",
  rating: "rating",
  notes: "notes",
  tags: "tags",
  favourite: "favourite mark",
};

/** "41 videos rated." */
export function bulkDoneWords(edit: BulkEdit, count: number): string {
  const videos = formatCounted(count, "video");
  if ("favourite" in edit) return `${videos} ${edit.favourite ? "added to" : "removed from"} favourites.`;
  return `${videos} ${"rating" in edit ? "rated" : "tagged"}.`;
}

/** "Rating videos." */
export function bulkStartedWords(edit: BulkEdit): string {
  if ("favourite" in edit) return "Changing favourites.";
  return "rating" in edit ? "Rating videos." : "Editing tags.";
}

/** "Could not save the rating of “beach.mp4”". */
export function refusedWords(edit: QueuedEdit): string {
  if (edit.kind === "video") return `Could not save the ${fieldWords[edit.change.field]} of “${edit.name}”`;
  if ("favourite" in edit.edit) return "Could not change favourites";
  return "rating" in edit.edit ? "Could not rate videos" : "Could not edit tags";
}
