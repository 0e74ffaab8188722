import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import {
  IconAdjustmentsHorizontal,
  IconLayoutGrid,
  IconList,
  IconListTree,
  IconSortAscending,
  IconSortDescending,
} from "@tabler/icons-react";

import type { SortKey } from "@/api/types";
import { activeFilters, defaultOrder, orderOf, sortLabels, type View } from "@/features/library/librarySearch";
import { SearchBox } from "@/features/library/search/SearchBox";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";

import classes from "@/features/library/search/LibraryBar.module.css";

interface LibraryBarProps {
  address: LibraryAddress;
  view: View;
  onView: (view: View) => void;
  areFiltersShown: boolean;
  onToggleFilters: () => void;
  areFoldersShown: boolean;
  onToggleFolders: () => void;
}

/** The bar above the list: search, filters, order, view. */
export function LibraryBar(props: LibraryBarProps) {
  const { address, view, onView, areFiltersShown, onToggleFilters, areFoldersShown, onToggleFolders } = props;
  const { search, change } = address;
  const { sort, order } = orderOf(search);
  const count = activeFilters(search).filter((name) => name !== "q" && name !== "subfolders").length;
  const isUp = order === "asc";
  const OrderIcon = isUp ? IconSortAscending : IconSortDescending;

  function changeSort(next: SortKey) {
    change({ sort: next === "name" ? undefined : next, order: undefined });
    window.scrollTo({ top: 0 });
  }

  function turnOrder() {
    const turned = isUp ? "desc" : "asc";
    change({ order: turned === defaultOrder(sort) ? undefined : turned });
    window.scrollTo({ top: 0 });
  }

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
        <SearchBox q={search.q ?? ""} onSearch={(q) => change({ q: q || undefined }, { replace: true })} />
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
          aria-label="SortKey by"
          value={sort}
          data={Object.entries(sortLabels).map(([value, label]) => ({ value, label }))}
          onChange={(event) => changeSort(event.currentTarget.value as SortKey)}
        />
        <ActionIcon
          variant="default"
          size="input-sm"
          aria-label={isUp ? "Ascending. Reverse order" : "Descending. Reverse order"}
          onClick={turnOrder}
        >
          <OrderIcon size={18} aria-hidden />
        </ActionIcon>
      </div>
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
