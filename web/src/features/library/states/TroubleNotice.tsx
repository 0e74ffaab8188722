import { Button, CloseButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";

import { rescanVideos } from "@/api/bulk";
import { activeJobsQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { VideoStatus } from "@/api/types";
import { filtersOf } from "@/features/library/librarySearch";
import { filtersToSend } from "@/features/library/selection/selectedVideos";
import { usePutAway } from "@/features/library/states/usePutAway";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { formatCount, formatCounted } from "@/lib/format";

import classes from "@/features/library/states/TroubleNotice.module.css";

interface TroubleNoticeProps {
  address: LibraryAddress;
  bad: number;
  missing: number;
  /** The number of videos in the list. */
  total: number;
}

/** Shows how many files are unreadable or missing; in the list of them, offers a retry. */
export function TroubleNotice({ address, bad, missing, total }: TroubleNoticeProps) {
  const { status = ["ok"] } = address.search;
  const { isPutAway, putAway } = usePutAway();
  if (!status.includes("ok")) return <RetryNotice address={address} total={total} />;
  const show = (one: VideoStatus) => address.change({ status: [one] });
  if (bad + missing === 0 || isPutAway) return null;
  return (
    <div className={classes["notice"]}>
      <IconAlertTriangle size={16} aria-hidden />
      {bad > 0 && (
        <span>
          {formatCounted(bad, "file")} could not be read
          <Button variant="subtle" size="compact-xs" onClick={() => show("bad")} aria-label="Show unreadable files">
            Show
          </Button>
        </span>
      )}
      {missing > 0 && (
        <span>
          {formatCounted(missing, "file is", "files are")} missing
          <Button variant="subtle" size="compact-xs" onClick={() => show("missing")} aria-label="Show missing files">
            Show
          </Button>
        </span>
      )}
      <CloseButton size="sm" className={classes["close"]} aria-label="Hide until there are more" onClick={putAway} />
    </div>
  );
}

const what: Record<VideoStatus, string> = {
  ok: "",
  bad: "These files could not be read; each shows the reason. Retry them once they are repaired.",
  skipped: "Files without video, or links that lead outside the library.",
  missing: "The last scan did not find these files. Once they are back, the next scan or “Retry” finds them again.",
};

function RetryNotice({ address, total }: { address: LibraryAddress; total: number }) {
  const status = address.search.status ?? [];
  const { data: jobs = [] } = useQuery(activeJobsQuery);
  const retry = useMutation({
    mutationFn: () => rescanVideos({ query: filtersToSend(filtersOf(address.search)) }),
    onError: (error) => notifications.show({ color: "red", title: "Could not rescan the files", message: sentenceOf(error) }),
  });
  const isRunning = jobs.some((job) => job.id === retry.data?.id);
  if (total === 0) return null;
  return (
    <div className={classes["notice"]}>
      <span className={classes["text"]}>{status.map((one) => what[one]).join(" ")}</span>
      <Button
        variant="default"
        size="compact-sm"
        loading={retry.isPending || isRunning}
        onClick={() => retry.mutate()}
      >
        {total === 1 ? "Retry" : `Retry all ${formatCount(total)}`}
      </Button>
    </div>
  );
}
