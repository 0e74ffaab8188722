import type { FolderPlace } from "@/api/folderTree";
import type { LibraryFolder, TreeRoot } from "@/api/types";

/** A node of the tree; levels of any length, of which only some folders are loaded. */
export type TreeFolder = LibraryFolder | TreeRoot;

/** The subfolders of a folder that is open in the tree, and the rows that they take. */
export interface TreeLevel {
  place: FolderPlace | null;
  /** 1 for the roots. */
  depth: number;
  /** The number of its folders. */
  total: number;
  /** The number of rows of these and of all that is open below them. */
  rows: number;
  at: (index: number) => TreeFolder | undefined;
  /** What is open below it, by place. */
  open: readonly { index: number; level: TreeLevel }[];
}

export interface TreeRow {
  level: TreeLevel;
  index: number;
  /** Undefined until it is loaded. */
  folder: TreeFolder | undefined;
  isOpen: boolean;
}

/** The places of open folders in their levels, by key. */
export type OpenFolders = ReadonlyMap<string, { place: FolderPlace; index: number }>;

interface LevelData {
  total: number;
  at: (index: number) => TreeFolder | undefined;
  /** The place of a loaded folder. */
  find: (key: string) => number | undefined;
}

export function keyOf({ root, folder }: FolderPlace): string {
  return `${root}\n${folder}`;
}

/** The folder above; null for a root. */
export function parentOf({ root, folder }: FolderPlace): FolderPlace | null {
  if (folder === "") return null;
  return { root, folder: folder.slice(0, Math.max(0, folder.lastIndexOf("/"))) };
}

/** Arranges the open levels; `dataOf` returns what is known of one, null for the roots. */
export function arrange(opened: OpenFolders, dataOf: (place: FolderPlace | null) => LevelData): TreeLevel {
  const children = new Map<string, { place: FolderPlace; index: number }[]>();
  for (const one of opened.values()) {
    const parent = parentOf(one.place);
    const key = parent === null ? "" : keyOf(parent);
    children.set(key, [...(children.get(key) ?? []), one]);
  }
  function levelOf(place: FolderPlace | null, depth: number): TreeLevel {
    const { total, at, find } = dataOf(place);
    const open = (children.get(place === null ? "" : keyOf(place)) ?? []).flatMap((child) => {
      const key = keyOf(child.place);
      const index = find(key) ?? child.index;
      const there = at(index);
      // Others may have been added before it: it is left out until its place is known again.
      if (index >= total || (there && keyOf(there) !== key)) return [];
      return [{ index, level: levelOf(child.place, depth + 1) }];
    });
    open.sort((one, other) => one.index - other.index);
    const rows = open.reduce((sum, one) => sum + one.level.rows, total);
    return { place, depth, total, rows, at, open };
  }
  return levelOf(null, 1);
}

/** Returns the row at a place, counted from 0. */
export function rowAt(level: TreeLevel, row: number): TreeRow {
  let before = 0;
  for (const child of level.open) {
    const first = child.index + before + 1;
    if (row < first) break;
    if (row < first + child.level.rows) return rowAt(child.level, row - first);
    before += child.level.rows;
  }
  const index = row - before;
  const isOpen = level.open.some((child) => child.index === index);
  return { level, index, folder: level.at(index), isOpen };
}

/** Returns the row of the folder at `index` of the level of `place`; undefined if that is not open. */
export function rowOf(top: TreeLevel, place: FolderPlace | null, index: number): number | undefined {
  const key = place === null ? "" : keyOf(place);
  function search(level: TreeLevel): number | undefined {
    if ((level.place === null ? "" : keyOf(level.place)) === key) {
      if (index >= level.total) return undefined;
      const below = level.open.filter((child) => child.index < index);
      return below.reduce((sum, child) => sum + child.level.rows, index);
    }
    let before = 0;
    for (const child of level.open) {
      const found = search(child.level);
      if (found !== undefined) return child.index + before + 1 + found;
      before += child.level.rows;
    }
    return undefined;
  }
  return search(top);
}
