import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import type { Root } from "@/api/types";

/** The configured roots, and whether each is available. */
export const rootsQuery = queryOptions({
  queryKey: ["roots"] as const,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/roots", { signal })),
});

/** The subfolders of `path`; the roots if it is null. */
export function foldersQuery(path: string | null) {
  return queryOptions({
    queryKey: ["folders", path] as const,
    queryFn: async ({ signal }) =>
      dataOf(
        await client.GET("/api/v1/folders", { params: { query: path === null ? {} : { path } }, signal }),
      ),
  });
}

export type RootRemoval = components["schemas"]["RootRemovalResponse"];

/** Makes a folder of the server a library folder. */
export async function addRoot(path: string): Promise<Root> {
  return dataOf(await client.POST("/api/v1/roots", { body: { path } }));
}

/** Returns what the removal of a library folder would remove. */
export async function previewRemoval(path: string): Promise<RootRemoval> {
  return dataOf(await client.POST("/api/v1/roots/remove", { body: { path, dry_run: true } }));
}

/** Removes a library folder with the records of its videos, at most `expected`; never a file. */
export async function removeRoot(path: string, expected: number): Promise<RootRemoval> {
  const body = { path, dry_run: false, expected_count: expected };
  return dataOf(await client.POST("/api/v1/roots/remove", { body }));
}
