import { Alert, Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer, type Range } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";

import type { FolderPlace } from "@/api/folderTree";
import { sentenceOf } from "@/api/problem";
import { FolderRow } from "@/features/library/folders/FolderRow";
import { keyOf, rowAt } from "@/features/library/folders/treeRows";
import { useFolderTree } from "@/features/library/folders/useFolderTree";
import { useTreeKeys } from "@/features/library/folders/useTreeKeys";

import classes from "@/features/library/folders/FolderTree.module.css";

const ROW_HEIGHT = 32;
const TOUCH_ROW_HEIGHT = 44;
const OVERSCAN = 8;

interface FolderTreeProps {
  current: FolderPlace | null;
  onOpen: (place: FolderPlace) => void;
}

/** The folders of the library as a tree, of which only visible rows are rendered. */
export function FolderTree({ current, onOpen }: FolderTreeProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const state = useFolderTree(current);
  const { tree, roots, toggle, look, currentKey, currentRow } = state;
  const isTouched = useMediaQuery("(pointer: coarse), (max-width: 48em)", false, { getInitialValueInEffect: false });
  const rowHeight = isTouched ? TOUCH_ROW_HEIGHT : ROW_HEIGHT;
  const [active, setActive] = useState(0);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are not passed on
  const rows = useVirtualizer({
    count: tree.rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    rangeExtractor: (range) => withActive(range, Math.min(active, tree.rows - 1)),
  });
  useEffect(() => rows.measure(), [rows, rowHeight]);

  const items = rows.getVirtualItems();
  const shown = items.filter((item) => item.index !== active);
  const [first, last] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0];
  useEffect(() => look(first, last), [look, first, last]);

  // The folder that is open is shown once its row is known, and not again while people scroll.
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (currentRow === undefined || seen.current === currentKey) return;
    seen.current = currentKey;
    setActive(currentRow);
    rows.scrollToIndex(currentRow, { align: "auto" });
  }, [currentRow, currentKey, rows]);

  function go(row: number) {
    const next = Math.max(0, Math.min(row, tree.rows - 1));
    setActive(next);
    rows.scrollToIndex(next, { align: "auto" });
  }
  const onKeyDown = useTreeKeys({
    tree,
    active,
    go,
    toggle,
    onOpen,
    rowsInSight: Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1),
  });

  if (roots.error) {
    return (
      <Alert color="red" title="Could not load folders">
        {sentenceOf(roots.error)}
        <Button mt="xs" size="compact-sm" variant="default" onClick={() => void roots.refetch()}>
          Try again
        </Button>
      </Alert>
    );
  }
  if (roots.data?.length === 0) return <p className={classes["empty"]}>No folders yet. Scan a folder to see it here.</p>;
  return (
    <div ref={scroller} className={classes["scroller"]}>
      <div
        role="tree"
        tabIndex={0}
        aria-label="Folders"
        aria-activedescendant={tree.rows > 0 ? `folder-row-${Math.min(active, tree.rows - 1)}` : undefined}
        aria-busy={roots.isPending}
        className={classes["tree"]}
        style={{ height: rows.getTotalSize() }}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          // Not for a click, which would then meet another row.
          if (event.currentTarget.matches(":focus-visible")) rows.scrollToIndex(active, { align: "auto" });
        }}
      >
        {items.map((item) => {
          const row = rowAt(tree, item.index);
          return (
            <FolderRow
              key={row.folder ? keyOf(row.folder) : item.index}
              id={`folder-row-${item.index}`}
              row={row}
              y={item.start}
              height={rowHeight}
              isActive={item.index === active}
              isCurrent={row.folder !== undefined && keyOf(row.folder) === currentKey}
              onToggle={toggle}
              onOpen={(folder) => {
                setActive(item.index);
                onOpen({ root: folder.root, folder: folder.folder });
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The visible rows, and the active one, which the tree names as its active descendant. */
function withActive({ startIndex, endIndex, overscan, count }: Range, active: number): number[] {
  const first = Math.max(0, startIndex - overscan);
  const last = Math.min(count - 1, endIndex + overscan);
  const shown = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  if (active >= 0 && active < first) shown.unshift(active);
  if (active > last) shown.push(active);
  return shown;
}
