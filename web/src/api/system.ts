import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import { ApiError } from "@/api/problem";

type Schemas = components["schemas"];

export type System = Schemas["SystemResponse"];
export type RootFacts = Schemas["RootFactsResponse"];
export type Check = Schemas["CheckResponse"];

const NOT_READY = 503;
const SOON_MILLISECONDS = 2000;
const LATER_MILLISECONDS = 30_000;

/** What the server is and uses; asked again, and sooner while it still counts. */
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

/** What the server checks of the parts it needs, by their names, whether they work or not. */
export const healthQuery = queryOptions({
  queryKey: ["health"] as const,
  queryFn: async ({ signal }): Promise<Record<string, Check>> => {
    try {
      return dataOf(await client.GET("/health/ready", { signal })).checks;
    } catch (error) {
      const checks = checksOf(error);
      if (checks) return checks;
      throw error;
    }
  },
  refetchInterval: 15_000,
});

/** The answer of a server that lacks something is a problem, with the checks in it. */
function checksOf(error: unknown): Record<string, Check> | undefined {
  if (!(error instanceof ApiError) || error.status !== NOT_READY) return undefined;
  return (error.problem as Partial<Schemas["ReadyResponse"]> | null)?.checks;
}
