import type { QueryClient } from "@tanstack/react-query";

import { editVideos, type BulkOutcome } from "@/api/bulk";
import { ApiError, UNAUTHORIZED } from "@/api/problem";
import type { VideoWithRevision } from "@/api/videos";
import { addEdit, queuedEdits, removeEdits, replaceEdit, type QueuedEdit } from "@/lib/edits/editQueue";
import { EditConflict, mergeTags, saveChange, type VideoChange } from "@/lib/edits/videoChange";
import { setTokenRequired } from "@/lib/session";

/** What became of an edit: null if it waits for the server, or another tab has sent it. */
export type Sent = VideoWithRevision | BulkOutcome | null;

/** Called with the outcome of each edit that nobody waits for. */
export interface EditReports {
  onSaved: (edit: QueuedEdit, sent: Exclude<Sent, null>) => void;
  onRefused: (edit: QueuedEdit, error: unknown) => void;
}

const LOCK = "stoat-ferret edits";
const TOO_BUSY = [408, 429];

let reports: EditReports | null = null;
/** The end of the sending that was started last, where the browser has no locks. */
let last: Promise<unknown> = Promise.resolve();

export function setEditReports(next: EditReports | null): void {
  reports = next;
}

/**
 * Saves an edit after those that wait already; null if it waits for the server too.
 *
 * It is stored in the browser until it is saved. Throws what the server refuses.
 */
export async function submitEdit(queryClient: QueryClient, edit: QueuedEdit): Promise<Sent> {
  addEdit(edit);
  return one(() => sendAll(queryClient, edit.id));
}

/** Saves the edits that wait; returns when none is left, or the server does not answer. */
export async function sendEdits(queryClient: QueryClient): Promise<void> {
  await one(() => sendAll(queryClient, null));
}

/** Returns whether an edit will be sent again after this error. */
export function isWorthWaiting(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status } = error;
  return status === null || status >= 500 || status === UNAUTHORIZED || TOO_BUSY.includes(status);
}

/** Sends the edits in order, up to the one with the id `mine`, whose outcome it returns. */
async function sendAll(queryClient: QueryClient, mine: string | null): Promise<Sent> {
  for (;;) {
    const edits = queuedEdits();
    const edit = edits[0];
    if (!edit || (mine !== null && !edits.some((each) => each.id === mine))) return null;
    let sent: Exclude<Sent, null>;
    try {
      sent = await send(queryClient, edit);
    } catch (error) {
      if (error instanceof ApiError && error.status === UNAUTHORIZED) setTokenRequired(true);
      if (isWorthWaiting(error)) return null;
      removeEdits([edit.id]);
      if (edit.id === mine) throw error;
      reports?.onRefused(edit, error);
      continue;
    }
    removeEdits([edit.id]);
    if (edit.id === mine) return sent;
    reports?.onSaved(edit, sent);
  }
}

async function send(queryClient: QueryClient, edit: QueuedEdit): Promise<Exclude<Sent, null>> {
  if (edit.kind === "video") return saveMerged(queryClient, edit.videoId, edit.change);
  return editVideos(edit.which, edit.edit, {
    key: edit.id,
    done: edit.done,
    onProgress: (done) => replaceEdit({ ...edit, done }),
  });
}

/** Saves a change; tags of two people are merged without asking. */
async function saveMerged(queryClient: QueryClient, videoId: string, change: VideoChange): Promise<VideoWithRevision> {
  try {
    return await saveChange(queryClient, videoId, change);
  } catch (error) {
    if (!(error instanceof EditConflict) || change.field !== "tags") throw error;
    const theirs = error.theirs as readonly string[];
    const mine = mergeTags(theirs, change.base as readonly string[], change.mine as readonly string[]);
    return saveChange(queryClient, videoId, { field: "tags", base: theirs, mine });
  }
}

/** Runs one sending at a time, in all tabs together. */
async function one<T>(work: () => Promise<T>): Promise<T> {
  const { locks } = navigator as Partial<Navigator>;
  if (locks) return await locks.request(LOCK, work);
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}
