import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";

/** The configured roots, and whether each can be read now. */
export const rootsQuery = queryOptions({
  queryKey: ["roots"] as const,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/roots", { signal })),
});

/** The folders in the folder `path`; the roots where it is null. */
export function foldersQuery(path: string | null) {
  return queryOptions({
    queryKey: ["folders", path] as const,
    queryFn: async ({ signal }) =>
      dataOf(
        await client.GET("/api/v1/folders", { params: { query: path === null ? {} : { path } }, signal }),
      ),
  });
}
