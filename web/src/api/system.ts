import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";

type Schemas = components["schemas"];

export type System = Schemas["SystemResponse"];
export type RootFacts = Schemas["RootFactsResponse"];
export type Check = Schemas["CheckResponse"];

const SOON_MILLISECONDS = 2000;
const LATER_MILLISECONDS = 5000;

/** Facts about the server, polled, and more often while it is still counting. */
export const systemQuery = queryOptions({
  queryKey: ["system"] as const,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/system", { signal })),
  refetchInterval: ({ state }) =>
    state.data && isCounting(state.data) ? SOON_MILLISECONDS : LATER_MILLISECONDS,
});

function isCounting(system: System): boolean {
  return (
    system.pictures.counting ||
    system.database === null ||
    system.roots.some((root) => root.videos === null)
  );
}
