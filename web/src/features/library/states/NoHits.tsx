import { Button } from "@mantine/core";
import { IconMoodEmpty, IconPlugConnectedX } from "@tabler/icons-react";

import { LibraryState } from "@/features/library/states/LibraryState";
import { useDialogs } from "@/lib/dialogs";
import { formatCounted } from "@/lib/format";

/** For a search or filters that find nothing. */
export function NoHits({ onClear }: { onClear: () => void }) {
  return (
    <LibraryState
      icon={<IconMoodEmpty size={48} stroke={1.25} aria-hidden />}
      title="Nothing found"
      action={
        <Button mt="sm" variant="default" onClick={onClear}>
          Clear the search and the filters
        </Button>
      }
    >
      No video has all these words and passes all these filters.
    </LibraryState>
  );
}

/** For a library of which no file is where it was: most likely a disk is unplugged. */
export function AllMissing({ count, onShow }: { count: number; onShow: () => void }) {
  const { openScan } = useDialogs();
  return (
    <LibraryState
      icon={<IconPlugConnectedX size={48} stroke={1.25} aria-hidden />}
      title="All videos are missing"
      action={
        <Button.Group mt="sm">
          <Button onClick={() => openScan()}>Scan again</Button>
          <Button variant="default" onClick={onShow}>
            Show the missing ones
          </Button>
        </Button.Group>
      }
    >
      {formatCounted(count, "video")} {count === 1 ? "was" : "were"} not there at the last scan. Is the
      disk plugged in? Nothing is lost: as soon as the files are back, a scan finds them with their tags
      and ratings.
    </LibraryState>
  );
}
