import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";

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
