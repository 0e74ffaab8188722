import { Switch } from "@mantine/core";

import { FolderTrail } from "@/components/ui/FolderTrail";
import type { useFolderPlace } from "@/features/library/folders/useFolderPlace";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";

import classes from "@/features/library/folders/FolderHead.module.css";

interface FolderHeadProps {
  address: LibraryAddress;
  folder: ReturnType<typeof useFolderPlace>;
}

/** The way to the folder that is shown, and whether the videos of its subfolders are shown too. */
export function FolderHead({ address, folder }: FolderHeadProps) {
  const { search, change } = address;
  return (
    <div className={classes["head"]}>
      <FolderTrail
        root={folder.place?.root ?? search.root}
        folder={search.folder ?? ""}
        hrefOf={folder.hrefOf}
      />
      {folder.isFolder && (
        <Switch
          size="sm"
          label="Include subfolders"
          className={classes["switch"]}
          checked={search.subfolders !== false}
          onChange={(event) => change({ subfolders: event.currentTarget.checked ? undefined : false })}
        />
      )}
    </div>
  );
}
