import { notifications } from "@mantine/notifications";

import type { Job } from "@/api/types";
import { UndoMessage } from "@/components/ui/UndoButton";
import { endMessage, endTitle, isUnasked } from "@/features/jobs/endWords";
import { useJobKinds, type JobKinds } from "@/lib/jobKinds";
import { undoOf } from "@/lib/jobWords";
import { isJobShown, useJobEnds } from "@/lib/live/jobEnds";

const SHOWN_MILLISECONDS = 8000;
const UNDO_MILLISECONDS = 20_000;

const colors: Readonly<Record<string, string>> = {
  succeeded: "teal",
  cancelled: "gray",
  failed: "red",
  timed_out: "orange",
};

/** Shows a notice for each job that ends, unless the job is visible or a watched folder started it. */
export function JobEndNotices() {
  const kinds = useJobKinds();
  useJobEnds((job) => {
    if (!isJobShown(job.id) && !isUnasked(job)) showNotice(job, kinds);
  });
  return null;
}

function showNotice(job: Job, kinds: JobKinds): void {
  const failed = job.status === "failed" || job.status === "timed_out";
  notifications.show({
    id: `job-${job.id}`,
    title: endTitle(job, kinds),
    message: (
      <UndoMessage token={undoOf(job)} onPress={() => notifications.hide(`job-${job.id}`)}>
        {endMessage(job, kinds)}
      </UndoMessage>
    ),
    color: job.status === "succeeded" && job.result?.["failed"] ? "orange" : (colors[job.status] ?? "gray"),
    autoClose: failed ? false : undoOf(job) === null ? SHOWN_MILLISECONDS : UNDO_MILLISECONDS,
    closeButtonProps: { "aria-label": "Close" },
  });
}
