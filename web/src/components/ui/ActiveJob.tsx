import { Alert, Button, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { JobProgress } from "@/components/ui/JobProgress";
import { PauseButton } from "@/components/ui/PauseButton";
import { useConnection } from "@/lib/live/connection";
import { useCancellation } from "@/lib/live/useJobActions";

interface ActiveJobProps {
  job: Job;
  /** What the job is called in sentences: "scan". */
  noun: string;
  /** Above the progress. */
  notice?: ReactNode;
  /** Below the progress. */
  hint: ReactNode;
  /** Arranges the buttons; it is given those that pause and cancel. */
  actions: (jobButtons: ReactNode) => ReactNode;
}

/** A job that has not ended, at full size. */
export function ActiveJob({ job, noun, notice, hint, actions }: ActiveJobProps) {
  const isOffline = useConnection() === "offline";
  const { shown, isCancelling, cancel, error } = useCancellation(job);
  return (
    <Stack gap="md">
      {notice}
      {isOffline && (
        <Alert variant="light" color="orange">
          Cannot reach the server. The {noun} continues when it is back.
        </Alert>
      )}
      <JobProgress job={shown} large />
      {error && (
        <Alert color="red" variant="light" role="alert">
          {sentenceOf(error)}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {hint}
      </Text>
      {actions(
        <>
          {!isCancelling && <PauseButton job={job} />}
          <Button variant="default" aria-disabled={isCancelling || undefined} onClick={cancel}>
            {isCancelling ? "Cancelling…" : `Cancel ${noun}`}
          </Button>
        </>,
      )}
    </Stack>
  );
}
