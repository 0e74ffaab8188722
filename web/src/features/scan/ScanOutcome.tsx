import { Alert, Button, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { JobCounts } from "@/components/ui/JobCounts";
import { JobErrors } from "@/components/ui/JobErrors";
import { JobPassedOver } from "@/components/ui/JobPassedOver";
import { Actions } from "@/features/scan/Actions";
import { OfferStoryboards } from "@/features/scan/OfferStoryboards";
import { OutcomeHeading } from "@/features/scan/OutcomeHeading";
import { PageLink } from "@/components/ui/PageLink";
import { useRetryJob } from "@/lib/live/useJobActions";

interface ScanOutcomeProps {
  job: Job;
  onAgain: (job: Job) => void;
  onChooseOther: () => void;
  onClose: () => void;
}

/** The outcome of a scan: its counts and errors, and the next actions. */
export function ScanOutcome({ job, onAgain, onChooseOther, onClose }: ScanOutcomeProps) {
  const navigate = useNavigate();
  const retry = useRetryJob();
  const stopped = job.status !== "succeeded";
  return (
    <Stack gap="md">
      <OutcomeHeading job={job} />
      <JobCounts job={job} />
      <JobErrors job={job} />
      <JobPassedOver job={job} />
      {Boolean(job.result?.["failed"]) && (
        <Text size="sm">
          Unreadable files are retried when they change; after a disk error, at every scan.{" "}
          <PageLink href="/?status=bad" onFollow={onClose}>
            Show these files in the library
          </PageLink>
        </Text>
      )}
      {job.status === "succeeded" && hasNewVideos(job) && <OfferStoryboards />}
      {retry.isError && (
        <Alert color="red" variant="light" role="alert">
          {sentenceOf(retry.error)}
        </Alert>
      )}
      <Actions
        aside={
          <Button variant="subtle" px="xs" onClick={onChooseOther}>
            Scan another folder
          </Button>
        }
      >
        <Button
          variant={stopped ? "filled" : "default"}
          loading={retry.isPending}
          onClick={() => retry.mutate(job.id, { onSuccess: onAgain })}
        >
          {stopped ? "Try again" : "Scan again"}
        </Button>
        <Button
          variant={stopped ? "default" : "filled"}
          onClick={() => {
            onClose();
            void navigate({ to: "/", replace: true });
          }}
        >
          Show library
        </Button>
      </Actions>
    </Stack>
  );
}

function hasNewVideos(job: Job): boolean {
  return ["added", "updated"].some((name) => Boolean(job.result?.[name]));
}
