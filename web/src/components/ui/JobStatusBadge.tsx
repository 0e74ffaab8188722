import { Badge } from "@mantine/core";

import type { Job } from "@/api/types";
import { isCancelling, statusWords } from "@/lib/jobWords";

const colors: Readonly<Record<Job["status"], string>> = {
  queued: "dimmed",
  running: "cyan-filled",
  paused: "yellow-filled",
  succeeded: "teal-filled",
  failed: "red-filled",
  cancelled: "dimmed",
  timed_out: "orange-filled",
};

export function JobStatusBadge({ job }: { job: Job }) {
  return (
    <Badge variant="default" size="md" tt="none" fw={500} miw="max-content">
      <span
        aria-hidden
        style={{ color: `var(--mantine-color-${isCancelling(job) ? "orange-filled" : colors[job.status]})` }}
      >
        ●
      </span>{" "}
      {statusWords(job)}
    </Badge>
  );
}
