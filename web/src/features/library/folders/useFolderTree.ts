import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import { folderPathQuery, LEVEL_WINDOW, levelQuery, treeRootsQuery, type FolderPlace } from "@/api/folderTree";
import { arrange, keyOf, parentOf, rowAt, rowOf, type OpenFolders, type TreeFolder } from "@/features/library/folders/treeRows";

interface Wanted {
  place: FolderPlace;
  window: number;
}

/** The tree with the levels that people opened, and those above `current`; loads what is shown. */
export function useFolderTree(current: FolderPlace | null) {
  const roots = useQuery(treeRootsQuery);
  const known = roots.data;
  const [opened, setOpened] = useState<OpenFolders>(new Map());
  const [range, setRange] = useState({ first: 0, last: 0 });
  const [wanted, setWanted] = useState<readonly Wanted[]>([]);
  const [revealed, setRevealed] = useState<string | null>(null);

  const windows = useQueries({ queries: wanted.map((one) => levelQuery(one.place, one.window)) });
  const pages = new Map(
    wanted.map((one, place) => [`${keyOf(one.place)}\n${one.window}`, windows[place]?.data] as const),
  );
  const totals = new Map<string, number>();
  for (const [place, one] of wanted.entries()) {
    const total = windows[place]?.data?.total;
    if (total !== undefined) totals.set(keyOf(one.place), total);
  }

  const tree = arrange(opened, (place) => {
    if (place === null) return levelOfRoots(known ?? []);
    const key = keyOf(place);
    const loaded = wanted.filter((one) => keyOf(one.place) === key);
    return {
      total: totals.get(key) ?? 0,
      at: (index) =>
        pages.get(`${key}\n${Math.floor(index / LEVEL_WINDOW)}`)?.items[index % LEVEL_WINDOW],
      find: (child) => {
        for (const { window } of loaded) {
          const index = pages.get(`${key}\n${window}`)?.items.findIndex((one) => keyOf(one) === child) ?? -1;
          if (index >= 0) return window * LEVEL_WINDOW + index;
        }
        return undefined;
      },
    };
  });

  const needed = neededWindows();
  if (nameOf(needed) !== nameOf(wanted)) setWanted(needed);

  function neededWindows(): Wanted[] {
    const found = new Map<string, Wanted>();
    const add = (place: FolderPlace, index: number) => {
      const window = Math.floor(index / LEVEL_WINDOW);
      found.set(`${keyOf(place)}\n${window}`, { place, window });
    };
    for (const { place, index } of opened.values()) {
      add(place, 0);
      const above = parentOf(place);
      if (above) add(above, index);
    }
    for (let row = range.first; row <= Math.min(range.last, tree.rows - 1); row += 1) {
      const { level, index } = rowAt(tree, row);
      if (level.place) add(level.place, index);
    }
    return [...found.values()];
  }

  // A single root is open from the start, and so is what leads to the current folder.
  const currentKey = current === null ? "" : keyOf(current);
  const path = useQuery({
    ...folderPathQuery(current ?? { root: "", folder: "" }),
    enabled: current !== null && revealed !== currentKey,
  });
  const isKnown = known && (current === null || path.data !== undefined || path.error !== null);
  if (isKnown && revealed !== currentKey) {
    setRevealed(currentKey);
    const added = new Map(opened);
    const [only] = known;
    if (known.length === 1 && only) added.set(keyOf(only), { place: placeOf(only), index: 0 });
    for (const one of current === null ? [] : (path.data ?? []).slice(0, -1)) {
      const index = one.folder === "" ? known.findIndex((root) => root.root === one.root) : one.index;
      added.set(keyOf(one), { place: placeOf(one), index });
    }
    setOpened(added);
  }

  const place = path.data?.at(-1);
  const toggle = useCallback((folder: TreeFolder, index: number, isOpen: boolean) => {
    setOpened((before) => {
      const next = new Map(before);
      if (isOpen) next.set(keyOf(folder), { place: placeOf(folder), index });
      else next.delete(keyOf(folder));
      return next;
    });
  }, []);
  const look = useCallback((first: number, last: number) => {
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
  }, []);
  function rowOfCurrent(): number | undefined {
    if (!place || !known) return undefined;
    const above = parentOf(place);
    return rowOf(tree, above, above ? place.index : known.findIndex((root) => root.root === place.root));
  }

  return { tree, roots, toggle, look, currentKey, currentRow: rowOfCurrent() };
}

export type FolderTreeState = ReturnType<typeof useFolderTree>;

function levelOfRoots(roots: readonly TreeFolder[]) {
  return {
    total: roots.length,
    at: (index: number) => roots[index],
    find: (key: string) => {
      const index = roots.findIndex((one) => keyOf(one) === key);
      return index < 0 ? undefined : index;
    },
  };
}

function placeOf({ root, folder }: FolderPlace): FolderPlace {
  return { root, folder };
}

function nameOf(windows: readonly Wanted[]): string {
  return windows.map((one) => `${keyOf(one.place)}\n${one.window}`).join("\n\n");
}
