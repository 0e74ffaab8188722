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

/** Tags or rates many videos, all or none per request; returns how many were changed. */
export async function editVideos(which: Which, edit: BulkEdit): Promise<number> {
  const { addTags = [], removeTags = [], ...rating } = edit;
  let edited = 0;
  for (const part of partsOf(which)) {
    const answer = await client.POST("/api/v1/videos/bulk", {
      body: { ...part, add_tags: addTags, remove_tags: removeTags, ...rating },
    });
    edited += dataOf(answer).edited;
  }
  return edited;
}

/** Rescans files, changed or not; returns the last of the jobs that do it. */
export async function rescanVideos(which: Which): Promise<Job | undefined> {
  let job: Job | undefined;
  for (const part of partsOf(which)) {
    job = dataOf(await client.POST("/api/v1/videos/rescan", { body: part }));
  }
  return job;
}

export type ForgetPreview = components["schemas"]["ForgetResponse"];

/** Returns what removing the records of these videos would delete. */
export async function previewForgetting(ids: string[]): Promise<ForgetPreview> {
  return dataOf(await client.POST("/api/v1/videos/forget", { body: { ids, dry_run: true } }));
}

/** Removes the records of these videos, never the files, if their number is still `expected`. */
export async function forgetVideos(ids: string[], expected: number): Promise<number> {
  const body = { ids, dry_run: false, expected_count: expected };
  return dataOf(await client.POST("/api/v1/videos/forget", { body })).forgotten;
}
