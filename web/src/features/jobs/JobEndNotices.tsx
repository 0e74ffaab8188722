import { notifications } from "@mantine/notifications";

import type { Job } from "@/api/types";
import { UndoMessage } from "@/components/ui/UndoButton";
import { useJobKinds, type JobKinds } from "@/lib/jobKinds";
import { endWords, jobTitle, undoOf } from "@/lib/jobWords";
import { isJobShown, useJobEnds } from "@/lib/live/jobEnds";

const SHOWN_MILLISECONDS = 8000;
const UNDO_MILLISECONDS = 20_000;

const ends: Readonly<Record<string, { words: string; color: string }>> = {
  succeeded: { words: "finished", color: "teal" },
  cancelled: { words: "was cancelled", color: "gray" },
  failed: { words: "failed", color: "red" },
  timed_out: { words: "timed out", color: "orange" },
};

/** Shows a notice for each job that ends, unless the job is visible. */
export function JobEndNotices() {
  const kinds = useJobKinds();
  useJobEnds((job) => {
    if (!isJobShown(job.id)) showNotice(job, kinds);
  });
  return null;
}

function showNotice(job: Job, kinds: JobKinds): void {
  const { words, color } = ends[job.status] ?? { words: job.status, color: "gray" };
  const failed = job.status === "failed" || job.status === "timed_out";
  notifications.show({
    id: `job-${job.id}`,
    title: `${jobTitle(job, kinds)} ${words}`,
    message: (
      <UndoMessage token={undoOf(job)} onPress={() => notifications.hide(`job-${job.id}`)}>
        {messageOf(job, kinds)}
      </UndoMessage>
    ),
    color: job.status === "succeeded" && job.result?.["failed"] ? "orange" : color,
    autoClose: failed ? false : undoOf(job) === null ? SHOWN_MILLISECONDS : UNDO_MILLISECONDS,
    closeButtonProps: { "aria-label": "Close" },
  });
}

function messageOf(job: Job, kinds: JobKinds): string {
  if (job.status !== "cancelled") return endWords(job, kinds);
  return job.kind === "render" ? "No file was kept." : "Results so far were kept.";
}
