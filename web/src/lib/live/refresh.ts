import type { QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Ask again for what is shown of `queryKey` (of everything without one), since it has changed.
 *
 * A request that is under way may have been answered before the change. It is let end, lest changes
 * that come fast keep every answer from being shown, and then that is asked for once more.
 */
export async function refresh(queryClient: QueryClient, queryKey?: QueryKey): Promise<void> {
  const filters = queryKey ? { queryKey } : {};
  const underWay = new Set(
    queryClient.getQueryCache().findAll({ ...filters, fetchStatus: "fetching" }),
  );
  await Promise.all([
    queryClient.invalidateQueries(
      { ...filters, predicate: (query) => !underWay.has(query) },
      { cancelRefetch: false },
    ),
    ...[...underWay].map(async (query) => {
      await Promise.resolve(query.promise).catch(() => undefined);
      await queryClient.invalidateQueries(
        { predicate: (other) => other === query },
        { cancelRefetch: false },
      );
    }),
  ]);
}
