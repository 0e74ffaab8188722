import { Button } from "@mantine/core";
import { IconFolderOff, IconFolderOpen, IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { levelQuery, type FolderPlace } from "@/api/folderTree";
import { LibraryState } from "@/features/library/states/LibraryState";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { formatCounted } from "@/lib/format";

/** Why a folder shows no video: they are in subfolders, missing, or it is not in the library. */
export function EmptyFolder({ place, address }: { place: FolderPlace; address: LibraryAddress }) {
  const { data, isPending } = useQuery(levelQuery(place, 0));
  if (isPending) return null;
  const folder = data?.parent;
  if (folder && folder.total_videos > 0) {
    return (
      <LibraryState
        icon={<IconFolderOpen size={48} stroke={1.25} aria-hidden />}
        title="No videos directly in this folder"
        action={
          <Button mt="sm" onClick={() => address.change({ subfolders: undefined })}>
            Include subfolders
          </Button>
        }
      >
        Its subfolders have {formatCounted(folder.total_videos, "video")}.
      </LibraryState>
    );
  }
  if (folder && folder.missing > 0) {
    return (
      <LibraryState
        icon={<IconPlugConnectedX size={48} stroke={1.25} aria-hidden />}
        title="All videos of this folder are missing"
        action={
          <Button mt="sm" variant="default" onClick={() => address.change({ status: ["missing"] })}>
            Show missing videos
          </Button>
        }
      >
        The last scan did not find {formatCounted(folder.missing, "file")}. Nothing is lost: once the files are back, a
        scan finds them again with their tags and ratings.
      </LibraryState>
    );
  }
  return (
    <LibraryState
      icon={<IconFolderOff size={48} stroke={1.25} aria-hidden />}
      title="No videos in this folder"
      action={
        <Button
          mt="sm"
          variant="default"
          onClick={() => address.clear(["root", "folder", "subfolders"])}
        >
          Show all videos
        </Button>
      }
    >
      {folder ? "It has no videos that can be shown." : "It is not in the library: it was moved, or not scanned yet."}
    </LibraryState>
  );
}
