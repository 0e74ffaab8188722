import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";

import { rescanVideos } from "@/api/bulk";
import { activeJobsQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { VideoStatus } from "@/api/types";
import { filtersOf } from "@/features/library/librarySearch";
import { filtersToSend } from "@/features/library/selection/selectedVideos";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { formatCount, formatCounted } from "@/lib/format";

import classes from "@/features/library/states/TroubleNotice.module.css";

interface TroubleNoticeProps {
  address: LibraryAddress;
  bad: number;
  missing: number;
  /** How many videos the list has. */
  total: number;
}

/** Says how many files could not be read or are missing; in the list of them, has them read again. */
export function TroubleNotice({ address, bad, missing, total }: TroubleNoticeProps) {
  const { status = ["ok"] } = address.search;
  if (!status.includes("ok")) return <RetryNotice address={address} total={total} />;
  const show = (one: VideoStatus) => address.change({ status: [one] });
  if (bad + missing === 0) return null;
  return (
    <div className={classes["notice"]}>
      <IconAlertTriangle size={16} aria-hidden />
      {bad > 0 && (
        <span>
          {formatCounted(bad, "file")} could not be read
          <Button variant="subtle" size="compact-xs" onClick={() => show("bad")} aria-label="Show the files that could not be read">
            Show
          </Button>
        </span>
      )}
      {missing > 0 && (
        <span>
          {formatCount(missing)} {missing === 1 ? "is" : "are"} missing
          <Button variant="subtle" size="compact-xs" onClick={() => show("missing")} aria-label="Show the missing files">
            Show
          </Button>
        </span>
      )}
    </div>
  );
}

const what: Record<VideoStatus, string> = {
  ok: "",
  bad: "These files could not be read. Each says why. Once mended, have them read again.",
  skipped: "These files hold no video, or may not be followed.",
  missing: "These files were not there at the last scan. When they are back, a scan or a second look finds them.",
};

function RetryNotice({ address, total }: { address: LibraryAddress; total: number }) {
  const status = address.search.status ?? [];
  const { data: jobs = [] } = useQuery(activeJobsQuery);
  const retry = useMutation({
    mutationFn: () => rescanVideos({ query: filtersToSend(filtersOf(address.search)) }),
    onError: (error) => notifications.show({ color: "red", title: "That did not work", message: sentenceOf(error) }),
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
        {total === 1 ? "Try it again" : `Try all ${formatCount(total)} again`}
      </Button>
    </div>
  );
}
