import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import type { Job } from "@/api/types";

/** The videos of a bulk request. */
export type VideoFilter = components["schemas"]["VideoFilter"];
export type Which = { video_ids: string[] } | { query: VideoFilter };

export interface BulkEdit {
  addTags?: string[];
  removeTags?: string[];
  /** 1 to 5; null clears the rating. */
  rating?: number | null;
  favourite?: boolean;
}

/** The maximum number of ids in one request. */
export const IDS_AT_ONCE = 1000;

/** Splits `ids` into parts that fit into one request. */
export function idParts(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, part) =>
    ids.slice(part * IDS_AT_ONCE, (part + 1) * IDS_AT_ONCE),
  );
}

function partsOf(which: Which): Which[] {
  return "query" in which ? [which] : idParts(which.video_ids).map((ids) => ({ video_ids: ids }));
}

/** A bulk edit that is done, with the token that undoes it, or the job that makes it. */
export type BulkOutcome = { count: number; undo: string | null } | { job: Job };

/** How far a bulk edit of several requests is. */
export interface BulkProgress {
  parts: number;
  count: number;
  undo: string | null;
}

export const NOTHING_DONE: BulkProgress = { parts: 0, count: 0, undo: null };

interface BulkOptions {
  /** Makes it safe to send the edit again. */
  key: string;
  /** Where an earlier attempt has stopped. */
  done?: BulkProgress;
  /** Called after each request. */
  onProgress?: (done: BulkProgress) => void;
}

/** Tags, rates or marks many videos. */
export async function editVideos(which: Which, edit: BulkEdit, options: BulkOptions): Promise<BulkOutcome> {
  const { addTags = [], removeTags = [], ...others } = edit;
  let { done = NOTHING_DONE } = options;
  for (const part of partsOf(which).slice(done.parts)) {
    const joined = done.undo === null ? { key: options.key } : { undo: done.undo };
    const answer = dataOf(
      await client.POST("/api/v1/videos/bulk", {
        body: { ...part, ...joined, add_tags: addTags, remove_tags: removeTags, ...others },
      }),
    );
    if ("kind" in answer) return { job: answer };
    done = { parts: done.parts + 1, count: done.count + answer.edited, undo: answer.undo };
    options.onProgress?.(done);
  }
  return { count: done.count, undo: done.undo };
}

export type UndoOutcome = components["schemas"]["UndoResponse"] | { job: Job };

/** Undoes the parts of an edit, the last first, of which each has a token. */
export async function undoEdits(tokens: readonly string[]): Promise<UndoOutcome> {
  const total = { restored: 0, changed_since: 0 };
  for (const token of tokens.toReversed()) {
    const outcome = await undoEdit(token);
    if ("job" in outcome) {
      if (tokens.length === 1) return outcome;
      continue;
    }
    total.restored += outcome.restored;
    total.changed_since += outcome.changed_since;
  }
  return total;
}

/** Undoes a bulk edit. */
export async function undoEdit(token: string): Promise<UndoOutcome> {
  const answer = dataOf(await client.POST("/api/v1/undo/{token}", { params: { path: { token } } }));
  return "kind" in answer ? { job: answer } : answer;
}

/** Rescans files, changed or not; returns the last of the jobs that do it. */
export async function rescanVideos(which: Which): Promise<Job | undefined> {
  let job: Job | undefined;
  for (const part of partsOf(which)) {
    job = dataOf(await client.POST("/api/v1/videos/rescan", { body: part }));
  }
  return job;
}

/** The numbers of videos to remove, and of those with details that people gave. */
export interface ForgetPreview {
  count: number;
  annotated: number;
}

/** Returns what removing the records of these videos would delete. */
export async function previewForgetting(which: Which): Promise<ForgetPreview> {
  const total = { count: 0, annotated: 0 };
  for (const part of partsOf(which)) {
    const answer = dataOf(await client.POST("/api/v1/videos/forget", { body: { ...recordsOf(part), dry_run: true } }));
    if ("kind" in answer) continue; // never of a dry run
    total.count += answer.count;
    total.annotated += answer.annotated;
  }
  return total;
}

/** Removes the records of these videos, never the files, if their number is still `expected`. */
export async function forgetVideos(which: Which, expected: number): Promise<BulkOutcome> {
  let count = 0;
  let undo: string | null = null;
  for (const part of partsOf(which)) {
    let left = "query" in part ? expected : (await previewForgetting(part)).count;
    // The server works for a few seconds at a time, and returns how many it removed.
    while (left > 0) {
      const joined: { undo?: string } = undo === null ? {} : { undo };
      const answer = dataOf(
        await client.POST("/api/v1/videos/forget", {
          body: { ...recordsOf(part), ...joined, dry_run: false, expected_count: left },
        }),
      );
      if ("kind" in answer) return { job: answer };
      undo = answer.undo ?? undo;
      if (answer.forgotten === 0) break;
      count += answer.forgotten;
      left -= answer.forgotten;
    }
  }
  return { count, undo };
}

function recordsOf(which: Which) {
  return "query" in which ? { query: which.query, ids: [] } : { ids: which.video_ids };
}
