import { Drawer } from "@mantine/core";

import type { FolderPlace } from "@/api/folderTree";
import { FolderTree } from "@/features/library/folders/FolderTree";

import classes from "@/features/library/folders/FolderTree.module.css";

interface FolderPanelProps {
  current: FolderPlace | null;
  isDrawer: boolean;
  onOpen: (place: FolderPlace) => void;
  onClose: () => void;
}

/** The tree of folders: beside the list, or in a drawer on a small screen. */
export function FolderPanel({ current, isDrawer, onOpen, onClose }: FolderPanelProps) {
  if (!isDrawer) {
    return (
      <nav className={classes["panel"]} aria-label="Folder tree">
        <h2 className={classes["heading"]}>Folders</h2>
        <FolderTree current={current} onOpen={onOpen} />
      </nav>
    );
  }
  return (
    <Drawer
      opened
      onClose={onClose}
      title="Folders"
      position="bottom"
      size="85%"
      closeButtonProps={{ "aria-label": "Close the folders" }}
      // It is not a header of the page.
      attributes={{ header: { role: "presentation" } }}
    >
      <div className={classes["drawer"]}>
        <FolderTree
          current={current}
          onOpen={(place) => {
            onOpen(place);
            onClose();
          }}
        />
      </div>
    </Drawer>
  );
}
