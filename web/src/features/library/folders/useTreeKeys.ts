import { useRef, type KeyboardEvent } from "react";

import type { FolderPlace } from "@/api/folderTree";
import { parentOf, rowAt, rowOf, type TreeFolder, type TreeLevel } from "@/features/library/folders/treeRows";

/** Letters typed within this time are one prefix. */
const TYPING_MILLISECONDS = 700;
/** How many rows a typed prefix is looked for in. */
const SEARCHED_ROWS = 5000;

interface TreeKeysOptions {
  tree: TreeLevel;
  active: number;
  go: (row: number) => void;
  toggle: (folder: TreeFolder, index: number, isOpen: boolean) => void;
  onOpen: (place: FolderPlace) => void;
  /** How far Page Up and Page Down go. */
  rowsInSight: number;
}

/** The keys of a tree, as in the ARIA Authoring Practices. */
export function useTreeKeys({ tree, active, go, toggle, onOpen, rowsInSight }: TreeKeysOptions) {
  const typed = useRef({ text: "", at: 0 });

  function type(letter: string, now: number) {
    const isNew = now - typed.current.at > TYPING_MILLISECONDS;
    const text = (isNew ? "" : typed.current.text) + letter.toLowerCase();
    typed.current = { text, at: now };
    const start = text.length === 1 ? 1 : 0;
    for (let step = start; step < Math.min(tree.rows, SEARCHED_ROWS); step += 1) {
      const row = (active + step) % tree.rows;
      if (rowAt(tree, row).folder?.name.toLowerCase().startsWith(text)) {
        go(row);
        return;
      }
    }
  }

  return function onKeyDown(event: KeyboardEvent) {
    if (tree.rows === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const { folder, index, isOpen, level } = rowAt(tree, Math.min(active, tree.rows - 1));
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + rowsInSight,
      PageUp: active - rowsInSight,
      Home: 0,
      End: tree.rows - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      go(step);
    } else if (event.key === "ArrowRight") {
      if (folder?.has_subfolders && !isOpen) toggle(folder, index, true);
      else if (isOpen) go(active + 1);
    } else if (event.key === "ArrowLeft") {
      if (folder && isOpen) toggle(folder, index, false);
      else if (level.place) go(rowOfParent(level.place) ?? active);
    } else if ((event.key === "Enter" || event.key === " ") && folder) {
      onOpen({ root: folder.root, folder: folder.folder });
    } else if (event.key.length === 1 && event.key !== " ") {
      type(event.key, event.timeStamp);
    } else {
      return;
    }
    event.preventDefault();
    // Letters are shortcuts of the page.
    event.stopPropagation();
  };

  /** The row of an open folder, which is before the active one. */
  function rowOfParent(place: FolderPlace): number | undefined {
    const above = parentOf(place);
    const key = `${place.root}\n${place.folder}`;
    const first = rowOf(tree, above, 0);
    if (first === undefined) return undefined;
    for (let row = active - 1; row >= first; row -= 1) {
      const one = rowAt(tree, row).folder;
      if (one && `${one.root}\n${one.folder}` === key) return row;
    }
    return undefined;
  }
}
