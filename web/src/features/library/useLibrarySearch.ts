import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import {
  filtersOf,
  parseLibrarySearch,
  withoutGaps,
  type Filters,
  type LibrarySearch,
} from "@/features/library/librarySearch";
import { defaultOrder, keepOrder, type ListOrder } from "@/features/library/listOrder";

type Change = { [K in keyof LibrarySearch]?: LibrarySearch[K] | undefined };

export interface LibraryAddress {
  search: LibrarySearch;
  /** Changes parts of the address; `replace` adds no entry to the history. */
  change: (change: Change, options?: { replace?: boolean }) => void;
  /** Goes to another address of the library. */
  open: (search: LibrarySearch) => void;
  /** Sorts the list, from its top, and other lists in this browser whose address has no order. */
  sortBy: (order: ListOrder) => void;
  /** Clears these filters, or all of them. */
  clear: (names?: readonly (keyof Filters)[]) => void;
}

/** Returns the search in the address, and functions that change it. */
export function useLibrarySearch(): LibraryAddress {
  // The router keeps unknown parameters; they are dropped here.
  const raw: LibrarySearch = useSearch({ strict: false });
  const search = useMemo(() => parseLibrarySearch(raw), [raw]);
  const navigate = useNavigate({ from: "/" });
  const change = useCallback(
    (changed: Change, { replace = false }: { replace?: boolean } = {}) =>
      void navigate({
        to: "/",
        search: (before) => withoutGaps<LibrarySearch>({ ...parseLibrarySearch(before), ...changed }),
        replace,
        resetScroll: false,
      }),
    [navigate],
  );
  const clear = useCallback(
    (names?: readonly (keyof Filters)[]) =>
      void navigate({
        to: "/",
        search: (before) => {
          const known = parseLibrarySearch(before);
          const gone = new Set<string>(names ?? Object.keys(filtersOf(known)));
          return Object.fromEntries(Object.entries(known).filter(([name]) => !gone.has(name)));
        },
        resetScroll: false,
      }),
    [navigate],
  );
  const open = useCallback(
    (other: LibrarySearch) => {
      void navigate({ to: "/", search: other, resetScroll: false });
      window.scrollTo({ top: 0 });
    },
    [navigate],
  );
  const sortBy = useCallback(
    ({ sort, order }: ListOrder) => {
      keepOrder({ sort, order });
      // Not an entry of the history: the list of one without an order would look the same.
      change({ sort, order: order === defaultOrder(sort) ? undefined : order }, { replace: true });
      window.scrollTo({ top: 0 });
    },
    [change],
  );
  return { search, change, open, sortBy, clear };
}
