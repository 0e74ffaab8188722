import { Drawer } from "@mantine/core";

import type { FolderPlace } from "@/api/folderTree";
import { FolderTree } from "@/features/library/folders/FolderTree";

import classes from "@/features/library/folders/FolderTree.module.css";

interface FolderDrawerProps {
  current: FolderPlace | null;
  onOpen: (place: FolderPlace) => void;
  onClose: () => void;
}

/** The tree of folders in a drawer, on a small screen. */
export function FolderDrawer({ current, onOpen, onClose }: FolderDrawerProps) {
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
