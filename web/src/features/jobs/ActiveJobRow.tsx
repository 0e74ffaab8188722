import { CloseButton, Group, Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { ProgressBar } from "@/components/ui/ProgressBar";
import { formatPercent } from "@/lib/format";
import { isCancelling, jobTitle, phaseWords, progressWords, timeLeftWords } from "@/lib/jobWords";
import { useCancelJob } from "@/lib/live/useJobActions";

/** An active job in few lines. */
export function ActiveJobRow({ job }: { job: Job }) {
  const cancel = useCancelJob();
  const cancelling = cancel.isPending || isCancelling(job);
  const title = jobTitle(job);
  const words = cancelling
    ? "Cancelling…"
    : [job.progress === null ? null : formatPercent(job.progress), phaseWords(job), timeLeftWords(job)]
        .filter((part) => part !== null)
        .join(" · ");
  return (
    <Group component="li" wrap="nowrap" gap="xs" align="flex-start">
      <Stack gap={4} flex={1} miw={0}>
        <Text size="sm" fw={500} truncate title={title}>
          {title}
        </Text>
        <ProgressBar
          label={title}
          words={cancelling ? "Cancelling" : progressWords(job)}
          fraction={job.progress}
          idle={job.status === "queued"}
          color={cancelling ? "gray" : "cyan"}
        />
        <Text size="xs" c="dimmed" style={{ fontVariantNumeric: "tabular-nums" }}>
          {words}
        </Text>
      </Stack>
      <CloseButton
        size="sm"
        aria-label={`Cancel: ${title}`}
        title="Cancel"
        disabled={cancelling}
        onClick={() => cancel.mutate(job.id)}
      />
    </Group>
  );
}
