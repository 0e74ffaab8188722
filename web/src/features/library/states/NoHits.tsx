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
  bad: "No unreadable files",
  skipped: "No skipped files",
  missing: "No missing files",
} as const;

/** Shown if the search and filters match nothing. */
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
        Nothing to do here.
      </LibraryState>
    );
  }
  return (
    <LibraryState
      icon={<IconMoodEmpty size={48} stroke={1.25} aria-hidden />}
      title="No results"
      action={
        <Button mt="sm" variant="default" onClick={onClear}>
          Clear search and filters
        </Button>
      }
    >
      No videos match your search and filters.
    </LibraryState>
  );
}

/** Shown if all files are missing: most likely a disk is unplugged. */
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
            Show missing videos
          </Button>
        </Button.Group>
      }
    >
      The last scan did not find {formatCounted(count, "video")}. Is the disk connected? Nothing is lost: once the files
      are back, a scan finds them again with their tags and ratings.
    </LibraryState>
  );
}

/** Shown if no file could be read. */
export function AllBad({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <LibraryState
      icon={<IconAlertTriangle size={48} stroke={1.25} aria-hidden />}
      title="No file could be read"
      action={
        <Button mt="sm" variant="default" onClick={onShow}>
          Show reasons
        </Button>
      }
    >
      The scan found {formatCounted(count, "file")} and could read none of them.
    </LibraryState>
  );
}
