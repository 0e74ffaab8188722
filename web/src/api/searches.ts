import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import type { VideoQuery } from "@/api/types";

export type SavedSearch = components["schemas"]["SearchResponse"];
export type SavedQuery = components["schemas"]["VideoList"];
export type SearchBody = components["schemas"]["SearchBody"];
export type SearchPatch = components["schemas"]["SearchPatch"];

/** All query keys of saved searches start with it. */
const KEY = ["searches"] as const;

/** All saved searches, in their order. */
export const searchesQuery = queryOptions({
  queryKey: ["searches", "list"] as const,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/searches", { signal })).items,
});

/** The number of videos that a saved search finds; not refetched while a scan goes on. */
export function savedCountQuery(query: SavedQuery) {
  return queryOptions({
    queryKey: [...KEY, "count", query] as const,
    queryFn: async ({ signal }) => {
      const params = { query: { ...givenOf(query), limit: 1 } };
      return dataOf(await client.GET("/api/v1/videos", { params, signal })).total;
    },
  });
}

/** Returns what is set of a saved query. */
export function givenOf(query: SavedQuery): VideoQuery {
  const given = Object.entries(query).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given);
}

export async function saveSearch(body: SearchBody): Promise<SavedSearch> {
  return dataOf(await client.POST("/api/v1/searches", { body }));
}

export async function changeSearch(id: number, body: SearchPatch): Promise<SavedSearch> {
  const params = { path: { search_id: id } };
  return dataOf(await client.PATCH("/api/v1/searches/{search_id}", { params, body }));
}

export async function deleteSearch(id: number): Promise<void> {
  await client.DELETE("/api/v1/searches/{search_id}", { params: { path: { search_id: id } } });
}
