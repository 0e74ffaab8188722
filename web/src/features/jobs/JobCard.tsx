import { Alert, Button, Collapse, Group, Paper, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useId } from "react";

import { isFinished } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { JobProgress } from "@/components/ui/JobProgress";
import { JobStatusBadge } from "@/components/ui/JobStatusBadge";
import { PauseButton } from "@/components/ui/PauseButton";
import { UndoButton } from "@/components/ui/UndoButton";
import { JobDetails } from "@/features/jobs/JobDetails";
import { formatDateTime, formatTimeLeft } from "@/lib/format";
import { useJobTarget } from "@/features/jobs/useJobTarget";
import { useJobKinds } from "@/lib/jobKinds";
import { endWords, isRepeatable, jobTitle, runSeconds, undoOf } from "@/lib/jobWords";
import { useCancellation, useRetryJob } from "@/lib/live/useJobActions";

import classes from "@/features/jobs/JobCard.module.css";

interface JobCardProps {
  job: Job;
  /** Removes the job; null while it is active. */
  onRemove: (() => void) | null;
}

/** A job: its progress or outcome, and its actions. */
export function JobCard({ job, onRemove }: JobCardProps) {
  const kinds = useJobKinds();
  const [opened, details] = useDisclosure(false);
  const titleId = useId();
  const { shown, isCancelling, cancel, error: cancelError } = useCancellation(job);
  const retry = useRetryJob();
  const finished = isFinished(job);
  const target = useJobTarget(job.id);
  const error = cancelError ?? retry.error;
  const token = undoOf(job);
  return (
    <Paper
      ref={target}
      component="li"
      withBorder
      tabIndex={-1}
      className={classes["card"]}
      aria-labelledby={titleId}
    >
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" gap="sm" align="flex-start">
          <Text id={titleId} fw={600} lh={1.5} style={{ overflowWrap: "anywhere" }}>
            {jobTitle(job, kinds)}
          </Text>
          <JobStatusBadge job={shown} />
        </Group>
        {finished ? (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {endWords(job, kinds)}
          </Text>
        ) : (
          <JobProgress job={shown} />
        )}
        {error && (
          <Alert color="red" variant="light" role="alert" p="xs">
            {sentenceOf(error)}
          </Alert>
        )}
        <Group justify="space-between" gap="xs">
          <Text size="xs" c="dimmed">
            {timeWords(job)}
          </Text>
          <Group gap={4} className={classes["actions"]}>
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              aria-expanded={opened}
              aria-describedby={titleId}
              rightSection={<IconChevronDown size={14} aria-hidden className={classes["chevron"]} data-opened={opened || undefined} />}
              onClick={details.toggle}
            >
              Details
            </Button>
            {finished && onRemove && (
              <Button variant="subtle" color="gray" size="compact-sm" aria-describedby={titleId} onClick={onRemove}>
                Remove
              </Button>
            )}
            {token !== null && <UndoButton token={token} describedBy={titleId} />}
            {!finished && !isCancelling && <PauseButton job={job} size="compact-sm" describedBy={titleId} />}
            {finished && !isRepeatable(job) ? null : finished ? (
              <Button
                variant="default"
                size="compact-sm"
                aria-describedby={titleId}
                loading={retry.isPending}
                onClick={() => retry.mutate(job.id)}
              >
                {job.status === "succeeded" ? "Run again" : "Try again"}
              </Button>
            ) : (
              <Button
                variant="default"
                size="compact-sm"
                aria-describedby={titleId}
                aria-disabled={isCancelling || undefined}
                onClick={cancel}
              >
                {isCancelling ? "Cancelling…" : "Cancel"}
              </Button>
            )}
          </Group>
        </Group>
        <Collapse expanded={opened}>{opened && <JobDetails job={job} />}</Collapse>
      </Stack>
    </Paper>
  );
}

function timeWords(job: Job): string {
  const seconds = runSeconds(job);
  const parts = [
    job.started_at ? `Started ${formatDateTime(job.started_at)}` : `Queued ${formatDateTime(job.created_at)}`,
    isFinished(job) && seconds !== null ? `took ${formatTimeLeft(seconds)}` : null,
    job.attempt > 1 ? `attempt ${job.attempt}` : null,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
