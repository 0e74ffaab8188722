import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import type { VideoQuery } from "@/api/types";

type Schemas = components["schemas"];

export type Collection = Schemas["CollectionResponse"];
export type EntriesChange = Schemas["EntriesChangeResponse"];
export type AddBody = Schemas["AddVideosBody"];

/** All query keys of collections start with it. */
export const COLLECTIONS_KEY = ["collections"] as const;

/** All collections by name. */
export const collectionsQuery = queryOptions({
  queryKey: ["collections", "list"] as const,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/collections", { signal })).items,
});

/** The collections that a video is in. */
export function collectionsOfVideoQuery(videoId: string) {
  return queryOptions({
    queryKey: ["collections", "of", videoId] as const,
    queryFn: async ({ signal }) => {
      const params = { query: { video_id: videoId } };
      return dataOf(await client.GET("/api/v1/collections", { params, signal })).items;
    },
  });
}

/** A collection without its videos. */
export function collectionQuery(id: string) {
  return queryOptions({
    queryKey: ["collections", "one", id] as const,
    queryFn: async ({ signal }) => {
      const params = { path: { collection_id: id } };
      return dataOf(await client.GET("/api/v1/collections/{collection_id}", { params, signal }));
    },
  });
}

/** The list of all videos of a collection in its order, missing ones too. */
export function listOf(id: string): VideoQuery {
  return { collection: id, sort: "position", order: "asc", status: ["ok", "bad", "skipped", "missing"] };
}

export async function createCollection(name: string): Promise<Collection> {
  return dataOf(await client.POST("/api/v1/collections", { body: { name } }));
}

/** Throws `ApiError` 412 if somebody else has renamed it since. */
export async function renameCollection({ id, revision }: Collection, name: string): Promise<Collection> {
  const params = { path: { collection_id: id }, header: { "if-match": `"${revision}"` } };
  return dataOf(await client.PATCH("/api/v1/collections/{collection_id}", { params, body: { name } }));
}

/** Deletes a collection, not its videos; returns the token that restores it. */
export async function deleteCollection(id: string): Promise<string> {
  const params = { path: { collection_id: id } };
  return dataOf(await client.DELETE("/api/v1/collections/{collection_id}", { params })).undo;
}

/** Adds videos at the end of a collection. */
export async function addToCollection(id: string, body: AddBody): Promise<EntriesChange> {
  const params = { path: { collection_id: id } };
  return dataOf(await client.POST("/api/v1/collections/{collection_id}/videos", { params, body }));
}

export async function removeFromCollection(id: string, videoIds: string[]): Promise<EntriesChange> {
  const params = { path: { collection_id: id } };
  const body = { video_ids: videoIds };
  return dataOf(await client.POST("/api/v1/collections/{collection_id}/videos/remove", { params, body }));
}

/** Moves a video before another one, or to the end for null. */
export async function moveInCollection(id: string, videoId: string, before: string | null): Promise<EntriesChange> {
  const params = { path: { collection_id: id } };
  const body = { video_ids: [videoId], before };
  return dataOf(await client.POST("/api/v1/collections/{collection_id}/videos/move", { params, body }));
}
