import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import {
  filtersOf,
  parseLibrarySearch,
  withoutGaps,
  type Filters,
  type LibrarySearch,
} from "@/features/library/librarySearch";

type Change = { [K in keyof LibrarySearch]?: LibrarySearch[K] | undefined };

export interface LibraryAddress {
  search: LibrarySearch;
  /** Change parts of the address; `replace` without a place of its own in the browser's history. */
  change: (change: Change, options?: { replace?: boolean }) => void;
  /** Take away these filters, or all of them. */
  clear: (names?: readonly (keyof Filters)[]) => void;
}

/** What the address asks for. */
export function useLibrarySearch(): LibraryAddress {
  // The router leaves what the page does not know in the search; here it is as if it were not there.
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
  return { search, change, clear };
}
