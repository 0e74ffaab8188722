import { Badge } from "@mantine/core";

import type { Job } from "@/api/types";
import { isCancelling, statusWords } from "@/lib/jobWords";

const colors: Readonly<Record<Job["status"], string>> = {
  queued: "gray",
  running: "cyan",
  succeeded: "teal",
  failed: "red",
  cancelled: "gray",
  timed_out: "orange",
};

export function JobStatusBadge({ job }: { job: Job }) {
  return (
    <Badge variant="default" size="md" tt="none" fw={500} miw="max-content">
      <span
        aria-hidden
        style={{ color: `var(--mantine-color-${isCancelling(job) ? "orange" : colors[job.status]}-filled)` }}
      >
        ●
      </span>{" "}
      {statusWords(job)}
    </Badge>
  );
}
