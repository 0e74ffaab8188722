import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconMoodEmpty, IconPlugConnectedX } from "@tabler/icons-react";

import { activeFilters, type LibrarySearch } from "@/features/library/librarySearch";
import { LibraryState } from "@/features/library/states/LibraryState";
import { useDialogs } from "@/lib/dialogs";
import { formatCounted } from "@/lib/format";

interface NoHitsProps {
  search: LibrarySearch;
  onClear: () => void;
}

const noTrouble = {
  bad: "No file that could not be read",
  skipped: "No file that was skipped",
  missing: "No file that is missing",
} as const;

/** For a search or filters that find nothing. */
export function NoHits({ search, onClear }: NoHitsProps) {
  const [status, ...others] = search.status ?? [];
  if (status && status !== "ok" && others.length === 0 && activeFilters(search).length === 1) {
    return (
      <LibraryState
        icon={<IconCircleCheck size={48} stroke={1.25} aria-hidden />}
        title={noTrouble[status]}
        action={
          <Button mt="sm" variant="default" onClick={onClear}>
            Show all videos
          </Button>
        }
      >
        There is nothing to do here.
      </LibraryState>
    );
  }
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

/** For a library of which no file could be read. */
export function AllBad({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <LibraryState
      icon={<IconAlertTriangle size={48} stroke={1.25} aria-hidden />}
      title="No file could be read"
      action={
        <Button mt="sm" variant="default" onClick={onShow}>
          Show why
        </Button>
      }
    >
      The scan found {formatCounted(count, "file")} and could read none. Each says why.
    </LibraryState>
  );
}
