import type { FolderPlace } from "@/api/folderTree";
import { FolderTree } from "@/features/library/folders/FolderTree";

import classes from "@/features/library/folders/FolderTree.module.css";

interface FolderPanelProps {
  current: FolderPlace | null;
  onOpen: (place: FolderPlace) => void;
}

/** The tree of folders beside the list. */
export function FolderPanel({ current, onOpen }: FolderPanelProps) {
  return (
    <nav className={classes["panel"]} aria-label="Folder tree">
      <h2 className={classes["heading"]}>Folders</h2>
      <FolderTree current={current} onOpen={onOpen} />
    </nav>
  );
}
