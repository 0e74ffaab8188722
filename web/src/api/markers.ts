import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";

type Schemas = components["schemas"];

export type Marker = Schemas["MarkerResponse"];
export type FoundMarker = Schemas["FoundMarkerResponse"];
export type MarkerBody = Schemas["MarkerBody"];

/** All query keys of markers start with it. */
export const MARKERS_KEY = ["markers"] as const;

/** The markers of a video in the order of time. */
export function markersQuery(videoId: string) {
  return queryOptions({
    queryKey: ["markers", "of", videoId] as const,
    queryFn: async ({ signal }) => {
      const params = { path: { video_id: videoId } };
      return dataOf(await client.GET("/api/v1/videos/{video_id}/markers", { params, signal })).items;
    },
  });
}

/** The markers with these words, of any video. */
export function foundMarkersQuery(q: string, limit: number) {
  return queryOptions({
    queryKey: ["markers", "found", q, limit] as const,
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/markers", { params: { query: { q, limit } }, signal })).items,
    placeholderData: keepPreviousData,
  });
}

export async function addMarker(videoId: string, body: MarkerBody): Promise<Marker> {
  const params = { path: { video_id: videoId } };
  return dataOf(await client.POST("/api/v1/videos/{video_id}/markers", { params, body }));
}

/** Throws `ApiError` 412 if somebody else has changed it since. */
export async function changeMarker({ id, revision }: Marker, body: MarkerBody): Promise<Marker> {
  const params = { path: { marker_id: id }, header: { "if-match": `"${revision}"` } };
  return dataOf(await client.PUT("/api/v1/markers/{marker_id}", { params, body }));
}

/** Deletes a marker; returns the token that restores it. */
export async function deleteMarker(id: string): Promise<string> {
  const params = { path: { marker_id: id } };
  return dataOf(await client.DELETE("/api/v1/markers/{marker_id}", { params })).undo;
}
