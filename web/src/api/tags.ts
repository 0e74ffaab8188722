import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";

/** Tags whose names contain `q`, with their numbers of videos. */
export function tagsQuery(q: string) {
  return queryOptions({
    queryKey: ["tags", "list", q] as const,
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/tags", { params: { query: { q, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
  });
}
