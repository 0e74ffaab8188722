import { keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { VideoDetail, VideoPatch, VideoQuery } from "@/api/types";

/** Query keys of videos; all start with `videos`. */
export const videoKeys = {
  all: ["videos"] as const,
  list: (query: VideoQuery) => ["videos", "list", query] as const,
  facets: (query: VideoQuery) => ["videos", "facets", query] as const,
  one: (id: string) => ["videos", "one", id] as const,
  /** The key of the mutation that removes it. */
  forget: (id: string) => ["videos", "forget", id] as const,
};

/** One page of a list of videos. */
export function videosQuery(query: VideoQuery) {
  return queryOptions({
    queryKey: videoKeys.list(query),
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/videos", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** The number of videos in one window of a long list. */
export const WINDOW_SIZE = 100;
/** How long invisible windows are kept, so that people who return find the list as it was. */
const WINDOW_KEPT_MILLISECONDS = 600_000;
/** The number of invisible windows that are kept, since a list may have thousands. */
const WINDOWS_KEPT = 50;

/** Window `index` of a list, counted from 0. */
export function windowQuery(query: VideoQuery, index: number) {
  const part = { ...query, limit: WINDOW_SIZE, offset: index * WINDOW_SIZE };
  return queryOptions({
    queryKey: videoKeys.list(part),
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/videos", { params: { query: part }, signal })),
    gcTime: WINDOW_KEPT_MILLISECONDS,
  });
}

/** Drops invisible windows except those that were fetched last. */
export function dropOldWindows(queryClient: QueryClient): void {
  const cache = queryClient.getQueryCache();
  const invisible = cache.findAll({ queryKey: ["videos", "list"], type: "inactive" });
  invisible.sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  for (const query of invisible.slice(WINDOWS_KEPT)) cache.remove(query);
}

/** The index of a video in a list; null if it is not in it. */
export function indexQuery(id: string, query: VideoQuery) {
  return queryOptions({
    queryKey: ["videos", "index", id, query] as const,
    queryFn: async ({ signal }) => {
      const params = { path: { video_id: id }, query };
      return dataOf(await client.GET("/api/v1/videos/{video_id}/index", { params, signal })).index;
    },
    gcTime: 0,
    staleTime: 0,
  });
}

/** The number of videos in a list. */
export function countQuery(query: VideoQuery) {
  return queryOptions({
    queryKey: ["videos", "count", query] as const,
    queryFn: async ({ signal }) => {
      const part = { ...query, limit: 1 };
      return dataOf(await client.GET("/api/v1/videos", { params: { query: part }, signal })).total;
    },
  });
}

/** The age that counts may have: they cost more than a list, and a scan changes them often. */
const FACETS_MILLISECONDS = 10_000;

/** The number of videos per value of each filter. */
export function facetsQuery(filters: VideoQuery) {
  return queryOptions({
    queryKey: ["facets", filters] as const,
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/videos/facets", { params: { query: filters }, signal })),
    placeholderData: keepPreviousData,
    staleTime: FACETS_MILLISECONDS,
  });
}

/** The number of videos of each month in a list that is sorted by a date; null for other lists. */
export function monthsQuery({ sort, ...query }: VideoQuery) {
  const date = sort === "added" || sort === "taken" ? sort : null;
  return queryOptions({
    queryKey: ["facets", "months", date, query] as const,
    queryFn: async ({ signal }) => {
      if (date === null) return null;
      const params = { query: { ...query, sort: date } };
      return dataOf(await client.GET("/api/v1/videos/months", { params, signal })).items;
    },
    placeholderData: keepPreviousData,
    staleTime: FACETS_MILLISECONDS,
  });
}

/** A video with its revision, which edits send back. */
export interface VideoWithRevision {
  video: VideoDetail;
  etag: string;
}

/** Everything about one video. */
export function videoQuery(id: string) {
  return queryOptions({
    queryKey: videoKeys.one(id),
    queryFn: async ({ signal }): Promise<VideoWithRevision> => {
      const answer = await client.GET("/api/v1/videos/{video_id}", {
        params: { path: { video_id: id } },
        signal,
      });
      return { video: dataOf(answer), etag: answer.response.headers.get("etag") ?? "*" };
    },
  });
}

/**
 * Edits the annotations of a video. Throws `ApiError` 412 if `etag` is no longer its revision,
 * because someone else changed it.
 */
export async function editVideo(
  id: string,
  patch: VideoPatch,
  etag: string,
): Promise<VideoWithRevision> {
  const answer = await client.PATCH("/api/v1/videos/{video_id}", {
    params: { path: { video_id: id }, header: { "if-match": etag } },
    body: patch,
  });
  return { video: dataOf(answer), etag: answer.response.headers.get("etag") ?? "*" };
}

/** Removes the record of a video, never its file; returns the token that restores it. */
export async function forgetVideo(id: string): Promise<string> {
  return dataOf(await client.DELETE("/api/v1/videos/{video_id}", { params: { path: { video_id: id } } })).undo;
}
