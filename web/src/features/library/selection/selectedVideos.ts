import type { VideoQuery } from "@/api/types";
import type { QueryClient } from "@tanstack/react-query";

import { idParts, type VideoFilter, type Which } from "@/api/bulk";
import type { AddBody } from "@/api/collections";
import type { Video } from "@/api/types";
import { windowQuery, WINDOW_SIZE } from "@/api/videos";
import { filterQuery } from "@/features/library/filterQuery";
import type { Filters } from "@/features/library/librarySearch";
import type { Selection } from "@/features/library/selection/useSelection";

/** The maximum for whose preview thumbnails one request asks. */
export const MOST_AT_ONCE = 20_000;
/** More videos than this are edited only after a question. */
export const MOST_UNASKED = 20;

/** Converts `filters` to the form in request bodies. */
export function filtersToSend(filters: Filters): VideoFilter {
  return {
    subfolders: true,
    codec: [],
    not_codec: [],
    height_class: [],
    orientation: [],
    tag: [],
    not_tag: [],
    status: ["ok"],
    ...filterQuery(filters),
  };
}

/** Returns the videos of a bulk request for `selection`. */
export function whichOf(selection: Selection, filters: Filters): Which {
  return selection.kind === "all"
    ? { query: filtersToSend(filters) }
    : { video_ids: [...selection.videos.keys()] };
}

/** Returns the videos of a selection in the order of the list `query`, in parts that fit into one request. */
export function listParts(which: Which, { sort = "name", order = "asc" }: VideoQuery): AddBody[] {
  if ("query" in which) return [{ query: { ...which.query, sort, order } }];
  return idParts(which.video_ids).map((ids) => ({ video_ids: ids }));
}

/** Returns the videos `first` to `last` of a list, and loads them if necessary. */
export async function videosBetween(
  queryClient: QueryClient,
  query: VideoQuery,
  first: number,
  last: number,
): Promise<Video[]> {
  const videos: Video[] = [];
  for (let index = Math.floor(first / WINDOW_SIZE); index <= Math.floor(last / WINDOW_SIZE); index += 1) {
    const window = await queryClient.query(windowQuery(query, index));
    const start = index * WINDOW_SIZE;
    videos.push(...window.items.slice(Math.max(0, first - start), last - start + 1));
  }
  return videos;
}

/** Returns the ids of the selection, `limit` at most. */
export async function idsOf(
  queryClient: QueryClient,
  selection: Selection,
  query: VideoQuery,
  total: number,
  limit: number,
): Promise<string[]> {
  if (selection.kind === "some") return [...selection.videos.keys()];
  const last = Math.min(total, limit) - 1;
  return (await videosBetween(queryClient, query, 0, last)).map((video) => video.id);
}
