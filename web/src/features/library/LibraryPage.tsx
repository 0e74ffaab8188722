import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useLayoutEffect, useRef } from "react";

import { countQuery } from "@/api/videos";
import { FilterChips } from "@/features/library/filters/FilterChips";
import { LibraryList } from "@/features/library/LibraryList";
import type { SortKey, Video } from "@/api/types";
import { filtersOf, queryOf } from "@/features/library/librarySearch";
import { defaultOrder, orderOf } from "@/features/library/listOrder";
import { FolderHead } from "@/features/library/folders/FolderHead";
import { FolderPanel } from "@/features/library/folders/FolderPanel";
import { useFolderPanel } from "@/features/library/folders/useFolderPanel";
import { useFolderPlace } from "@/features/library/folders/useFolderPlace";
import { LibraryBar } from "@/features/library/search/LibraryBar";
import { videosBetween } from "@/features/library/selection/selectedVideos";
import { useSelection } from "@/features/library/selection/useSelection";
import { ContinueWatching } from "@/features/library/states/ContinueWatching";
import { RootNotice } from "@/features/library/states/RootNotice";
import { TroubleNotice } from "@/features/library/states/TroubleNotice";
import { useCardSize } from "@/features/library/useCardSize";
import { useFavouriteKey } from "@/features/library/useFavouriteKey";
import { useFilterPanel } from "@/features/library/useFilterPanel";
import { useLibrarySearch } from "@/features/library/useLibrarySearch";
import { useSelectionKeys } from "@/features/library/useSelectionKeys";
import { useVideoList } from "@/features/library/useVideoList";
import { useView } from "@/features/library/useView";
import { formatCounted } from "@/lib/format";

import classes from "@/features/library/LibraryPage.module.css";

const Filtering = lazy(async () => ({
  default: (await import("@/features/library/filters/Filtering")).Filtering,
}));

/** With the first selection: its menus are a good part of all scripts. */
const SelectionBar = lazy(async () => ({
  default: (await import("@/features/library/selection/SelectionBar")).SelectionBar,
}));

const FolderDrawer = lazy(async () => ({
  default: (await import("@/features/library/folders/FolderDrawer")).FolderDrawer,
}));
const Moments = lazy(async () => ({
  default: (await import("@/features/library/moments/Moments")).Moments,
}));
const FolderCards = lazy(async () => ({
  default: (await import("@/features/library/folders/FolderCards")).FolderCards,
}));

/** The library: search, filters, sorting, selection. */
export function LibraryPage() {
  const queryClient = useQueryClient();
  const address = useLibrarySearch();
  const { search } = address;
  const query = queryOf(search);
  const list = useVideoList(query);
  const bad = useQuery(countQuery({ status: ["bad"] })).data ?? 0;
  const missing = useQuery(countQuery({ status: ["missing"] })).data ?? 0;
  const selection = useSelection(JSON.stringify(query));
  const filterPanel = useFilterPanel();
  const folderPanel = useFolderPanel();
  const folder = useFolderPlace(address);
  const { view, setView } = useView(address);
  const cards = useCardSize();
  const total = list.total ?? 0;

  const anchor = useRef(0);
  const latest = useRef({ list, query });
  useLayoutEffect(() => {
    latest.current = { list, query };
  });
  const { toggle, add } = selection;
  const onPick = useCallback(
    (index: number, isRange: boolean, video: Video | undefined) => {
      const { list: shown, query: asked } = latest.current;
      if (isRange) {
        const [first, last] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
        void videosBetween(queryClient, asked, first, last).then(add);
      } else if (video) {
        toggle(video, shown.loaded);
      }
      anchor.current = index;
    },
    [queryClient, toggle, add],
  );
  useSelectionKeys(selection, total);
  useFavouriteKey(list.at);

  function sortBy(sort: SortKey) {
    const now = orderOf(search);
    const turned = now.order === "asc" ? "desc" : "asc";
    address.sortBy({ sort, order: sort === now.sort ? turned : defaultOrder(sort) });
  }

  return (
    <div className={classes["page"]} data-selecting={selection.isEmpty ? undefined : true}>
      <h1 className={classes["title"]}>Library</h1>
      <LibraryBar
        address={address}
        view={view}
        onView={setView}
        cards={cards}
        areFiltersShown={filterPanel.isShown}
        onToggleFilters={filterPanel.toggle}
        areFoldersShown={folderPanel.isShown}
        onToggleFolders={folderPanel.toggle}
      />
      <div className={classes["body"]}>
        <Suspense>
          {folderPanel.isShown && !folderPanel.isDrawer && <FolderPanel current={folder.place} onOpen={folder.open} />}
          {folderPanel.isShown && folderPanel.isDrawer && (
            <FolderDrawer current={folder.place} onOpen={folder.open} onClose={folderPanel.hide} />
          )}
        </Suspense>
        <Suspense>
          {filterPanel.isShown && (
            <Filtering address={address} total={total} isDrawer={filterPanel.isDrawer} onClose={filterPanel.hide} />
          )}
        </Suspense>
        <section className={classes["content"]} aria-label="Videos">
          <FolderHead address={address} folder={folder} />
          <div className={classes["above"]}>
            <span className={classes["total"]} role="status">
              {list.total !== undefined && formatCounted(list.total, "video")}
            </span>
            <FilterChips address={address} />
          </div>
          <Suspense>{search.q && <Moments q={search.q} />}</Suspense>
          <RootNotice />
          <ContinueWatching address={address} />
          <TroubleNotice address={address} bad={bad} missing={missing} total={total} />
          {folder.isAlone && folder.place && (
            <Suspense>
              <FolderCards key={`${folder.place.root}/${folder.place.folder}`} place={folder.place} hrefOf={folder.hrefOf} />
            </Suspense>
          )}
          <LibraryList
            address={address}
            place={folder.isAlone ? folder.place : null}
            list={list}
            view={view}
            cardSize={cards.size}
            selection={selection}
            missing={missing}
            bad={bad}
            onPick={onPick}
            onSort={sortBy}
          />
        </section>
      </div>
      {!selection.isEmpty && (
        <Suspense>
          <SelectionBar control={selection} filters={filtersOf(search)} query={query} total={total} />
        </Suspense>
      )}
    </div>
  );
}
