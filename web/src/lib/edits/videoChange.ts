import type { QueryClient } from "@tanstack/react-query";

import { ApiError } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { editVideo, videoQuery, type VideoWithRevision } from "@/api/videos";

/** The editable fields of a video. */
export type Annotations = Pick<VideoDetail, "title" | "rating" | "notes" | "favourite"> & { tags: readonly string[] };
export type AnnotationField = keyof Annotations;

/** An edit of a field, from its value at the start of the edit to the new one. */
export interface VideoChange<Field extends AnnotationField = AnnotationField> {
  field: Field;
  base: Annotations[Field];
  mine: Annotations[Field];
}

/** Someone else has changed the same field in the meantime. */
export class EditConflict<Field extends AnnotationField = AnnotationField> extends Error {
  protected declare readonly nominal: true;
  override readonly name = "EditConflict";
  readonly change: VideoChange<Field>;
  readonly theirs: Annotations[Field];

  constructor(change: VideoChange<Field>, theirs: Annotations[Field]) {
    super("Someone else changed it in the meantime. Choose which version to keep.");
    this.change = change;
    this.theirs = theirs;
  }
}

const CHANGED_MEANWHILE = 412;
const MOST_ATTEMPTS = 5;

/**
 * Saves a change; throws `EditConflict` instead of overwriting another person's change.
 *
 * The server's revision covers all fields. If another field was changed, the change is sent again
 * with the new revision.
 */
export async function saveChange<Field extends AnnotationField>(
  queryClient: QueryClient,
  videoId: string,
  change: VideoChange<Field>,
): Promise<VideoWithRevision> {
  const query = videoQuery(videoId);
  let known = queryClient.getQueryData(query.queryKey);
  for (let attempt = 1; ; attempt += 1) {
    known ??= await queryClient.query({ ...query, staleTime: 0, retry: false });
    const theirs: Annotations[Field] = known.video[change.field];
    if (isSame(theirs, change.mine)) return known;
    if (!isSame(theirs, change.base)) throw new EditConflict(change, theirs);
    try {
      const saved = await editVideo(videoId, { [change.field]: change.mine }, known.etag);
      // An older response must not arrive after this.
      await queryClient.cancelQueries({ queryKey: query.queryKey });
      queryClient.setQueryData(query.queryKey, saved);
      return saved;
    } catch (error) {
      const changed = error instanceof ApiError && error.status === CHANGED_MEANWHILE;
      if (!changed || attempt === MOST_ATTEMPTS) throw error;
      known = undefined;
      await queryClient.cancelQueries({ queryKey: query.queryKey });
    }
  }
}

/** Returns whether two values are equal; tags have no order. */
export function isSame(one: Annotations[AnnotationField], other: Annotations[AnnotationField]): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    const names = new Set<string>(one as string[]);
    return names.size === new Set(other).size && (other as string[]).every((name) => names.has(name));
  }
  return (one ?? "") === (other ?? "");
}

/** Applies the additions and removals from `base` to `mine` to the tags `theirs`. */
export function mergeTags(
  theirs: readonly string[],
  base: readonly string[],
  mine: readonly string[],
): string[] {
  const removed = new Set(base.filter((name) => !mine.includes(name)));
  const added = mine.filter((name) => !base.includes(name) && !theirs.includes(name));
  return [...theirs.filter((name) => !removed.has(name)), ...added];
}
