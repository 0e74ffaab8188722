import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import type { BulkOutcome } from "@/api/bulk";
import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";

export type Tag = components["schemas"]["TagResponse"];
export type TagSort = components["schemas"]["TagSort"];
type TagAnswer = components["schemas"]["TagEditResponse"] | components["schemas"]["JobStatusResponse"];

const PAGE_SIZE = 100;

/** Tags whose names start with `q`, with their numbers of videos. */
export function tagsQuery(q: string) {
  return queryOptions({
    queryKey: ["tags", "list", q] as const,
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/tags", { params: { query: { q, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** The tags with `q` anywhere in their names, page by page. */
export function tagPagesQuery(q: string, sort: TagSort) {
  return infiniteQueryOptions({
    queryKey: ["tags", "pages", q, sort] as const,
    queryFn: async ({ signal, pageParam }) => {
      const query = { q, sort, anywhere: true, limit: PAGE_SIZE, cursor: pageParam };
      return dataOf(await client.GET("/api/v1/tags", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** Returns the tag that has this name, in any spelling: of those that start with it, it is the first. */
export async function tagNamed(name: string): Promise<Tag | undefined> {
  return dataOf(await client.GET("/api/v1/tags", { params: { query: { q: name, limit: 1 } } })).items[0];
}

/** Renames a tag on all of its videos; with `merge`, the name may be that of another tag. */
export async function renameTag(tag: Tag, name: string, merge: boolean): Promise<BulkOutcome> {
  const params = { path: { tag_id: tag.id } };
  return outcomeOf(dataOf(await client.PATCH("/api/v1/tags/{tag_id}", { params, body: { name, merge } })));
}

/** Removes a tag from all videos. */
export async function deleteTag(tag: Tag): Promise<BulkOutcome> {
  return outcomeOf(dataOf(await client.DELETE("/api/v1/tags/{tag_id}", { params: { path: { tag_id: tag.id } } })));
}

function outcomeOf(answer: TagAnswer): BulkOutcome {
  return "kind" in answer ? { job: answer } : { count: answer.edited, undo: answer.undo };
}
