import { infiniteQueryOptions, type InfiniteData } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";

export type DuplicateGroup = components["schemas"]["DuplicateGroupResponse"];
export type DuplicateCopy = components["schemas"]["CopyResponse"];
export type DuplicatePage = components["schemas"]["DuplicatePage"];
/** The pages that are loaded. */
export type DuplicateList = InfiniteData<DuplicatePage, string>;
export type Resolved = components["schemas"]["ResolveResponse"];

const PAGE_SIZE = 20;
/** The most groups that one request resolves. */
export const GROUPS_AT_ONCE = 100;

export const duplicateKeys = {
  all: ["duplicates"] as const,
  list: (resolved: boolean) => ["duplicates", resolved] as const,
};

/** Groups of files with the same content, or those of them that are resolved, page by page. */
export function duplicatesQuery(resolved: boolean) {
  return infiniteQueryOptions({
    queryKey: duplicateKeys.list(resolved),
    queryFn: async ({ signal, pageParam }) => {
      const query = { resolved, limit: PAGE_SIZE, cursor: pageParam };
      return dataOf(await client.GET("/api/v1/duplicates", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** The kept video of each group, by fingerprint; null keeps all of them as they are. */
export type Kept = ReadonlyMap<string, string | null>;

/** Keeps one video of each group, which takes over the details of the others; these get a tag, if any. */
export async function resolveDuplicates(kept: Kept, tagOthers: string | null): Promise<Resolved> {
  const groups = [...kept].map(([fingerprint, keep]) => ({ fingerprint, keep }));
  return dataOf(await client.POST("/api/v1/duplicates/resolve", { body: { groups, tag_others: tagOthers } }));
}

/** Lists resolved groups again. */
export async function reopenDuplicates(fingerprints: string[]): Promise<void> {
  dataOf(await client.POST("/api/v1/duplicates/reopen", { body: { fingerprints } }));
}

/** Returns the loaded pages without these groups. */
export function withoutGroups(
  data: DuplicateList | undefined,
  fingerprints: ReadonlySet<string>,
): DuplicateList | undefined {
  if (!data) return data;
  const gone = data.pages.flatMap((page) => page.items).filter((group) => fingerprints.has(group.fingerprint));
  const spare = gone.reduce((sum, group) => sum + group.spare_bytes, 0);
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.filter((group) => !fingerprints.has(group.fingerprint)),
      total: page.total - gone.length,
      spare_bytes: page.spare_bytes - spare,
    })),
  };
}
