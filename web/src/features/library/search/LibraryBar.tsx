import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import {
  IconAdjustmentsHorizontal,
  IconLayoutGrid,
  IconList,
  IconListTree,
  IconSortAscending,
  IconSortDescending,
  IconZoomScan,
} from "@tabler/icons-react";

import type { SortKey } from "@/api/types";
import { CARD_SIZES, type CardSize } from "@/features/library/grid/columns";
import { activeFilters, type View } from "@/features/library/librarySearch";
import { defaultOrder, orderOf, sortLabels } from "@/features/library/listOrder";
import { SearchBox } from "@/features/library/search/SearchBox";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";

import classes from "@/features/library/search/LibraryBar.module.css";

interface LibraryBarProps {
  address: LibraryAddress;
  view: View;
  onView: (view: View) => void;
  cards: { size: CardSize; setSize: (size: CardSize) => void };
  areFiltersShown: boolean;
  onToggleFilters: () => void;
  areFoldersShown: boolean;
  onToggleFolders: () => void;
}

/** The bar above the list: search, filters, order, view. */
export function LibraryBar(props: LibraryBarProps) {
  const { address, view, onView, cards } = props;
  const { areFiltersShown, onToggleFilters, areFoldersShown, onToggleFolders } = props;
  const { search, change, sortBy } = address;
  const { sort, order } = orderOf(search);
  const count = activeFilters(search).filter((name) => name !== "q" && name !== "subfolders").length;
  const isUp = order === "asc";
  const OrderIcon = isUp ? IconSortAscending : IconSortDescending;

  const nextSize = CARD_SIZES[(CARD_SIZES.indexOf(cards.size) + 1) % CARD_SIZES.length] ?? "medium";

  return (
    <div className={classes["bar"]} role="search" aria-label="Videos">
      <ActionIcon
        variant={areFoldersShown ? "light" : "default"}
        size="input-sm"
        className={classes["folders"]}
        aria-label="Folders"
        aria-expanded={areFoldersShown}
        onClick={onToggleFolders}
      >
        <IconListTree size={18} aria-hidden />
      </ActionIcon>
      <div className={classes["box"]}>
        <SearchBox
          q={search.q ?? ""}
          onSearch={(q) => change({ q: q || undefined }, { replace: true })}
          onLeave={focusResults}
        />
      </div>
      <Button
        variant={count > 0 ? "light" : "default"}
        leftSection={<IconAdjustmentsHorizontal size={18} aria-hidden />}
        aria-expanded={areFiltersShown}
        onClick={onToggleFilters}
      >
        Filters{count > 0 && ` (${count})`}
      </Button>
      <div className={classes["order"]}>
        <NativeSelect
          aria-label="Sort by"
          value={sort}
          data={Object.entries(sortLabels)
            .filter(([value]) => value !== "position" || search.collection !== undefined)
            .map(([value, label]) => ({ value, label }))}
          onChange={(event) => {
            const next = event.currentTarget.value as SortKey;
            sortBy({ sort: next, order: defaultOrder(next) });
          }}
        />
        <ActionIcon
          variant="default"
          size="input-sm"
          aria-label={isUp ? "Ascending. Reverse order" : "Descending. Reverse order"}
          onClick={() => sortBy({ sort, order: isUp ? "desc" : "asc" })}
        >
          <OrderIcon size={18} aria-hidden />
        </ActionIcon>
      </div>
      {view === "grid" && (
        <ActionIcon
          className={classes["cardSize"]}
          variant="default"
          size="input-sm"
          aria-label={`Card size: ${cards.size}. Change to ${nextSize}`}
          onClick={() => cards.setSize(nextSize)}
        >
          <IconZoomScan size={18} aria-hidden />
        </ActionIcon>
      )}
      <ActionIcon.Group>
        <ActionIcon
          variant={view === "grid" ? "light" : "default"}
          size="input-sm"
          aria-label="Grid view"
          aria-pressed={view === "grid"}
          onClick={() => onView("grid")}
        >
          <IconLayoutGrid size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant={view === "table" ? "light" : "default"}
          size="input-sm"
          aria-label="Table view"
          aria-pressed={view === "table"}
          onClick={() => onView("table")}
        >
          <IconList size={18} aria-hidden />
        </ActionIcon>
      </ActionIcon.Group>
    </div>
  );
}

/** Focuses the first video, or the one that the Tab key reaches if that is not rendered. */
function focusResults(): void {
  const link = (part: string) => document.querySelector<HTMLElement>(`[role="grid"] [data-index]${part}`);
  (link('[data-index="0"] a') ?? link(' a[tabindex="0"]'))?.focus();
}
