import { Alert, Button } from "@mantine/core";
import { lazy, Suspense } from "react";

import type { FolderPlace } from "@/api/folderTree";
import { sentenceOf } from "@/api/problem";
import { EmptyFolder } from "@/features/library/folders/EmptyFolder";
import type { CardSize } from "@/features/library/grid/columns";
import { VideoGrid } from "@/features/library/grid/VideoGrid";
import type { SortKey, Video } from "@/api/types";
import { activeFilters, type View } from "@/features/library/librarySearch";
import { orderOf } from "@/features/library/listOrder";
import type { SelectionControl } from "@/features/library/selection/useSelection";
import { EmptyLibrary } from "@/features/library/states/EmptyLibrary";
import { ListSkeleton } from "@/features/library/states/ListSkeleton";
import { AllBad, AllMissing, NoHits } from "@/features/library/states/NoHits";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import type { VideoList } from "@/features/library/useVideoList";

const VideoTable = lazy(async () => ({
  default: (await import("@/features/library/table/VideoTable")).VideoTable,
}));

interface LibraryListProps {
  address: LibraryAddress;
  /** The folder that is shown without any other filter, or null. */
  place: FolderPlace | null;
  list: VideoList;
  view: View;
  cardSize: CardSize;
  selection: SelectionControl;
  /** The number of missing files, regardless of filters. */
  missing: number;
  /** The number of unreadable files, regardless of filters. */
  bad: number;
  onPick: (index: number, isRange: boolean, video: Video | undefined) => void;
  onSort: (sort: SortKey) => void;
}

/** The list, or the reason why it is empty. */
export function LibraryList(props: LibraryListProps) {
  const { address, place, list, view, cardSize, selection, missing, bad, onPick, onSort } = props;
  const { total } = list;
  const failure = list.error && (
    <Alert color="red" title="Could not load videos">
      {sentenceOf(list.error)}
      <br />
      <Button mt="xs" size="compact-sm" variant="default" onClick={list.retry}>
        Try again
      </Button>
    </Alert>
  );
  if (total === undefined) return failure ?? <ListSkeleton />;
  if (total === 0) {
    if (failure) return failure;
    if (place) return <EmptyFolder place={place} address={address} />;
    if (activeFilters(address.search).length > 0) {
      return <NoHits search={address.search} onClear={() => address.clear()} />;
    }
    if (missing > 0) return <AllMissing count={missing} onShow={() => address.change({ status: ["missing"] })} />;
    return bad > 0 ? <AllBad count={bad} onShow={() => address.change({ status: ["bad"] })} /> : <EmptyLibrary />;
  }
  const shared = { list, total, selection, onPick };
  return (
    <>
      {failure}
      {view === "grid" ? (
        <VideoGrid {...shared} size={cardSize} />
      ) : (
        <Suspense>
          <VideoTable
            {...shared}
            {...orderOf(address.search)}
            onSort={onSort}
            isOfTrouble={address.search.status !== undefined && !address.search.status.includes("ok")}
          />
        </Suspense>
      )}
    </>
  );
}
