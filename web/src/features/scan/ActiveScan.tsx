import { Alert, Button, Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { sentenceOf } from "@/api/problem";
import { JobProgress } from "@/components/ui/JobProgress";
import { useFocusFallback } from "@/features/scan/useFocusFallback";
import { Actions } from "@/features/scan/Actions";
import { isCancelling } from "@/lib/jobWords";
import { useConnection } from "@/lib/live/connection";
import { useCancelJob } from "@/lib/live/useJobActions";

interface ActiveScanProps {
  job: Job;
  /** It was going on when somebody asked for the same. */
  joined: boolean;
  onChooseOther: () => void;
  onClose: () => void;
}

/** A scan that waits or runs. */
export function ActiveScan({ job, joined, onChooseOther, onClose }: ActiveScanProps) {
  const offline = useConnection() === "offline";
  const cancel = useCancelJob();
  const cancelling = cancel.isPending || isCancelling(job);
  const shown = cancelling ? { ...job, cancel_requested: true } : job;
  const start = useFocusFallback();
  return (
    <Stack ref={start} tabIndex={-1} gap="md" style={{ outline: "none" }}>
      {joined && (
        <Alert variant="light">This folder is already being scanned.</Alert>
      )}
      {offline && (
        <Alert variant="light" color="orange">
          Cannot reach the server. The scan continues when it is back.
        </Alert>
      )}
      <JobProgress job={shown} large />
      {job.attempt > 1 && (
        <Text size="sm">Resumed after a restart of the server. Earlier results were kept.</Text>
      )}
      {cancel.isError && (
        <Alert color="red" variant="light" role="alert">
          {sentenceOf(cancel.error)}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        You can close this dialog; the scan continues in the background.
      </Text>
      <Actions
        aside={
          <Button variant="subtle" px="xs" onClick={onChooseOther}>
            Scan another folder
          </Button>
        }
      >
        <Button
          variant="default"
          aria-disabled={cancelling || undefined}
          onClick={() => {
            if (!cancelling) cancel.mutate(job.id);
          }}
        >
          {cancelling ? "Cancelling…" : "Cancel scan"}
        </Button>
        <Button onClick={onClose}>Close</Button>
      </Actions>
    </Stack>
  );
}
