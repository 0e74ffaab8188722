import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { ApiError, UNAUTHORIZED } from "@/api/problem";
import { setTokenRequired } from "@/lib/session";

/** The live view keeps the cache current, so nothing is refetched without a reason. */
const STALE_MILLISECONDS = 60_000;

function noticeRefusal(error: unknown): void {
  if (error instanceof ApiError && error.status === UNAUTHORIZED) setTokenRequired(true);
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: noticeRefusal }),
    mutationCache: new MutationCache({ onError: noticeRefusal }),
    defaultOptions: {
      queries: {
        staleTime: STALE_MILLISECONDS,
        // The server would refuse again, but it may soon be reachable again.
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiError && (error.status === null || error.status >= 500),
        networkMode: "always", // the server may be this machine, with no network at all
      },
      mutations: { networkMode: "always" },
    },
  });
}
