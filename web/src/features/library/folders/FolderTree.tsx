import { Button, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

import type { FolderPlace } from "@/api/folderTree";
import { sentenceOf } from "@/api/problem";
import { FolderRow } from "@/features/library/folders/FolderRow";
import { keyOf, rowAt } from "@/features/library/folders/treeRows";
import { useFolderTree } from "@/features/library/folders/useFolderTree";
import { useRowWindow } from "@/features/library/folders/useRowWindow";
import { useTreeKeys } from "@/features/library/folders/useTreeKeys";

import classes from "@/features/library/folders/FolderTree.module.css";

const ROW_HEIGHT = 32;
const TOUCH_ROW_HEIGHT = 44;

interface FolderTreeProps {
  current: FolderPlace | null;
  onOpen: (place: FolderPlace) => void;
}

/** The folders of the library as a tree, of which only visible rows are rendered. */
export function FolderTree({ current, onOpen }: FolderTreeProps) {
  const { tree, roots, toggle, look, currentKey, currentRow } = useFolderTree(current);
  const isTouched = useMediaQuery("(pointer: coarse), (max-width: 48em)", false, { getInitialValueInEffect: false });
  const rowHeight = isTouched ? TOUCH_ROW_HEIGHT : ROW_HEIGHT;
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, tree.rows - 1);
  const { scroller, first, last, rowsInSight, reveal } = useRowWindow(tree.rows, rowHeight);
  useEffect(() => look(first, last), [look, first, last]);

  // The folder that is open is shown once its row is known, and not again while people scroll.
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (currentRow === undefined || seen.current === currentKey) return;
    seen.current = currentKey;
    setChosen(currentRow);
    reveal(currentRow);
  }, [currentRow, currentKey, reveal]);

  function go(row: number) {
    const next = Math.max(0, Math.min(row, tree.rows - 1));
    setChosen(next);
    reveal(next);
  }
  const onKeyDown = useTreeKeys({ tree, active, go, toggle, onOpen, rowsInSight });

  return (
    <div ref={scroller} className={classes["scroller"]}>
      {roots.error && (
        <Text size="sm" role="alert">
          Could not load folders. {sentenceOf(roots.error)}
          <Button mt="xs" size="compact-sm" variant="default" onClick={() => void roots.refetch()}>
            Try again
          </Button>
        </Text>
      )}
      {roots.data?.length === 0 && <p className={classes["empty"]}>No folders yet. Scan a folder to see it here.</p>}
      <div
        role="tree"
        tabIndex={0}
        hidden={tree.rows === 0}
        aria-label="Folders"
        aria-activedescendant={active >= 0 ? `folder-row-${active}` : undefined}
        className={classes["tree"]}
        style={{ height: tree.rows * rowHeight }}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          // Not for a click, which would then meet another row.
          if (event.currentTarget.matches(":focus-visible")) reveal(active);
        }}
      >
        {rowsToRender(first, last, active).map((index) => {
          const row = rowAt(tree, index);
          return (
            <FolderRow
              key={row.folder ? keyOf(row.folder) : index}
              id={`folder-row-${index}`}
              row={row}
              y={index * rowHeight}
              height={rowHeight}
              isActive={index === active}
              isCurrent={row.folder !== undefined && keyOf(row.folder) === currentKey}
              onToggle={toggle}
              onOpen={(folder) => {
                setChosen(index);
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
function rowsToRender(first: number, last: number, active: number): number[] {
  const shown = Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place);
  if (active >= 0 && active < first) shown.unshift(active);
  if (active > last) shown.push(active);
  return shown;
}
