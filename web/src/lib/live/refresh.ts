import type { QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Refetches what is shown of `queryKey` (everything without one), since it has changed.
 *
 * A running request may have been answered before the change. It may finish, since frequent changes
 * would otherwise keep every response from being shown, and is then repeated once.
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
