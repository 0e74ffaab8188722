import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import type { Job } from "@/api/types";

/** Which videos a request is about. */
export type VideoFilters = components["schemas"]["VideoFilters"];
export type Which = { video_ids: string[] } | { query: VideoFilters };

export interface BulkEdit {
  addTags?: string[];
  removeTags?: string[];
  /** 1 to 5; null clears. */
  rating?: number | null;
}

/** Tag or rate many videos, all of them or none; returns how many were changed. */
export async function editVideos(which: Which, edit: BulkEdit): Promise<number> {
  const { addTags = [], removeTags = [], ...rating } = edit;
  const answer = await client.POST("/api/v1/videos/bulk", {
    body: { ...which, add_tags: addTags, remove_tags: removeTags, ...rating },
  });
  return dataOf(answer).edited;
}

/** Have files looked at again, whether they changed or not. */
export async function rescanVideos(which: Which): Promise<Job> {
  return dataOf(await client.POST("/api/v1/videos/rescan", { body: which }));
}

export type ForgetPreview = components["schemas"]["ForgetResponse"];

/** The most ids that one request takes. */
export const IDS_AT_ONCE = 1000;

/** What forgetting the records of these videos would take away. */
export async function previewForgetting(ids: string[]): Promise<ForgetPreview> {
  return dataOf(await client.POST("/api/v1/videos/forget", { body: { ids, dry_run: true } }));
}

/** Forget the records of these videos, never the files, if they are still `expected` many. */
export async function forgetVideos(ids: string[], expected: number): Promise<number> {
  const body = { ids, dry_run: false, expected_count: expected };
  return dataOf(await client.POST("/api/v1/videos/forget", { body })).forgotten;
}
