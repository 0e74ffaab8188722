import { useQuery } from "@tanstack/react-query";
import { IconBookmarkPlus } from "@tabler/icons-react";
import { useState } from "react";

import { givenOf, searchesQuery } from "@/api/searches";
import { paramsOf } from "@/features/library/filterQuery";
import { activeFilters, filtersOf, parseLibrarySearch, queryOf, withoutGaps } from "@/features/library/librarySearch";
import { orderOf } from "@/features/library/listOrder";
import { NameForm } from "@/components/ui/NameForm";
import { SavedSearchRow } from "@/features/library/saved/SavedSearchRow";
import { useSearchActions } from "@/features/library/saved/useSearchActions";
import { filtersToSend } from "@/features/library/selection/selectedVideos";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";

import classes from "@/features/library/filters/FacetList.module.css";

/** The saved searches, the same in each browser, each with its number of videos. */
export function SavedSearches({ address }: { address: LibraryAddress }) {
  const { search, open } = address;
  const [isNaming, setNaming] = useState(false);
  const { data: searches = [] } = useQuery(searchesQuery);
  const actions = useSearchActions();
  const canSave = activeFilters(search).length > 0;
  if (searches.length === 0 && !canSave) return null;
  const current = { ...filtersToSend(filtersOf(search)), ...orderOf(search) };
  const shown = JSON.stringify(sorted(queryOf(search)));

  return (
    <section className={classes["facet"]} aria-label="Saved searches">
      <h2 className={classes["title"]}>Saved searches</h2>
      {searches.map((saved, place) => {
        const target = parseLibrarySearch(paramsOf(givenOf(saved.query)));
        return (
          <SavedSearchRow
            key={saved.id}
            search={saved}
            isShown={JSON.stringify(sorted(queryOf(target))) === shown}
            onOpen={() => open(withoutGaps({ ...target, view: search.view }))}
            onRename={(name) => actions.change(saved, { name })}
            onMove={(by) => void actions.change(saved, { position: place + by })}
            canMove={{ up: place > 0, down: place < searches.length - 1 }}
            {...(canSave && { onReplace: () => void actions.change(saved, { query: current }) })}
            onDelete={() => void actions.remove(saved, place)}
          />
        );
      })}
      {isNaming ? (
        <NameForm
          label="Name of the search"
          name=""
          onSave={(name) => actions.save({ name, query: current })}
          onClose={() => setNaming(false)}
        />
      ) : (
        canSave && (
          <button type="button" className={classes["more"]} onClick={() => setNaming(true)}>
            <IconBookmarkPlus size={14} aria-hidden />
            Save this search…
          </button>
        )
      )}
    </section>
  );
}

/** Returns what a query finds, however it is written. */
function sorted(query: ReturnType<typeof queryOf>): unknown {
  return Object.entries(query)
    .map(([name, value]) => [name, Array.isArray(value) ? [...value].sort() : value] as const)
    .sort(([one], [other]) => one.localeCompare(other));
}
