import { IconChevronRight, IconFolder, IconFolderOpen, IconPlugConnectedX } from "@tabler/icons-react";

import type { TreeFolder, TreeRow } from "@/features/library/folders/treeRows";
import { formatCount, formatCounted } from "@/lib/format";

import classes from "@/features/library/folders/FolderTree.module.css";

interface FolderRowProps {
  id: string;
  row: TreeRow;
  /** Pixels from the top of the tree. */
  y: number;
  height: number;
  isActive: boolean;
  isCurrent: boolean;
  onToggle: (folder: TreeFolder, index: number, isOpen: boolean) => void;
  onOpen: (folder: TreeFolder) => void;
}

/** A folder in the tree; a click opens it, one on its arrow only shows its subfolders. */
export function FolderRow({ id, row, y, height, isActive, isCurrent, onToggle, onOpen }: FolderRowProps) {
  const { folder, level, index, isOpen } = row;
  const isAway = folder !== undefined && "available" in folder && !folder.available;
  const Icon = isAway ? IconPlugConnectedX : isOpen ? IconFolderOpen : IconFolder;
  return (
    // The keys are those of the tree, which has the focus.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="treeitem"
      aria-level={level.depth}
      aria-setsize={level.total}
      aria-posinset={index + 1}
      aria-expanded={folder?.has_subfolders ? isOpen : undefined}
      aria-selected={isCurrent}
      aria-label={folder === undefined ? "Loading" : wordsOf(folder)}
      className={classes["row"]}
      data-active={isActive || undefined}
      data-empty={folder?.total_videos === 0 || undefined}
      title={folder && titleOf(folder)}
      style={{
        height,
        transform: `translateY(${y}px)`,
        paddingInlineStart: `${Math.min(level.depth - 1, 12) * 0.9}rem`,
      }}
      onClick={() => folder && onOpen(folder)}
    >
      {folder === undefined ? (
        <span className={classes["ghost"]} />
      ) : (
        <>
          {/* Not a button: the tree has the focus, and its keys do the same. */}
          {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
          <span
            className={classes["arrow"]}
            data-open={isOpen || undefined}
            data-hidden={!folder.has_subfolders || undefined}
            onClick={(event) => {
              if (!folder.has_subfolders) return;
              event.stopPropagation();
              onToggle(folder, index, !isOpen);
            }}
          >
            <IconChevronRight size={16} aria-hidden />
          </span>
          <Icon size={17} aria-hidden className={classes["icon"]} />
          <span className={classes["name"]}>{folder.name}</span>
          <span className={classes["count"]}>{formatCount(folder.total_videos)}</span>
        </>
      )}
    </div>
  );
}

/** "holidays, 12 videos, 1 missing". */
function wordsOf(folder: TreeFolder): string {
  const parts = [folder.name, formatCounted(folder.total_videos, "video")];
  if (folder.missing > 0) parts.push(`${formatCount(folder.missing)} missing`);
  if ("available" in folder && !folder.available) parts.push("not available");
  return parts.join(", ");
}

function titleOf(folder: TreeFolder): string {
  const problem = "problem" in folder ? folder.problem : null;
  return problem ? `${wordsOf(folder)}: ${problem}` : wordsOf(folder);
}
