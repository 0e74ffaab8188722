import type { QueryClient } from "@tanstack/react-query";

import { ApiError } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { editVideo, videoQuery, type VideoWithRevision } from "@/api/videos";

/** What people say about a video. */
export type Said = Pick<VideoDetail, "title" | "rating" | "notes"> & { tags: readonly string[] };
export type SaidField = keyof Said;

/** One thing that is said anew: from what was there when the change began, to what shall be. */
export interface VideoChange<Field extends SaidField = SaidField> {
  field: Field;
  base: Said[Field];
  mine: Said[Field];
}

/** Somebody else has changed the same field meanwhile. */
export class EditConflict<Field extends SaidField = SaidField> extends Error {
  override readonly name = "EditConflict";
  readonly change: VideoChange<Field>;
  readonly theirs: Said[Field];

  constructor(change: VideoChange<Field>, theirs: Said[Field]) {
    super("Someone else changed it in the meantime. Choose which version to keep.");
    this.change = change;
    this.theirs = theirs;
  }
}

const CHANGED_MEANWHILE = 412;
const MOST_ATTEMPTS = 5;

/**
 * Save a change; throws `EditConflict` instead of overwriting what somebody else said since.
 *
 * The revision of the server is that of all fields together. Where another field was changed, the
 * change is sent again with the new revision.
 */
export async function saveChange<Field extends SaidField>(
  queryClient: QueryClient,
  videoId: string,
  change: VideoChange<Field>,
): Promise<VideoWithRevision> {
  const query = videoQuery(videoId);
  let known = queryClient.getQueryData(query.queryKey);
  for (let attempt = 1; ; attempt += 1) {
    known ??= await queryClient.query({ ...query, staleTime: 0, retry: false });
    const theirs: Said[Field] = known.video[change.field];
    if (isSame(theirs, change.mine)) return known;
    if (!isSame(theirs, change.base)) throw new EditConflict(change, theirs);
    try {
      const saved = await editVideo(videoId, { [change.field]: change.mine }, known.etag);
      // An answer that is older must not come after this.
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

/** Whether two values say the same; tags have no order. */
export function isSame(one: Said[SaidField], other: Said[SaidField]): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    const names = new Set<string>(one as string[]);
    return names.size === new Set(other).size && (other as string[]).every((name) => names.has(name));
  }
  return (one ?? "") === (other ?? "");
}

/** The tags `theirs` with what was added and removed on the way from `base` to `mine`. */
export function mergeTags(
  theirs: readonly string[],
  base: readonly string[],
  mine: readonly string[],
): string[] {
  const removed = new Set(base.filter((name) => !mine.includes(name)));
  const added = mine.filter((name) => !base.includes(name) && !theirs.includes(name));
  return [...theirs.filter((name) => !removed.has(name)), ...added];
}
