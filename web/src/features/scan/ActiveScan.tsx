import { Alert, Button, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { ActiveJob } from "@/components/ui/ActiveJob";
import { Actions } from "@/features/scan/Actions";
import { useFocusFallback } from "@/features/scan/useFocusFallback";

interface ActiveScanProps {
  job: Job;
  /** Whether it was active before it was requested here. */
  joined: boolean;
  onChooseOther: () => void;
  onClose: () => void;
}

/** A queued or running scan. */
export function ActiveScan({ job, joined, onChooseOther, onClose }: ActiveScanProps) {
  const start = useFocusFallback();
  return (
    <div ref={start} tabIndex={-1} style={{ outline: "none" }}>
      <ActiveJob
        job={job}
        noun="scan"
        notice={
          <>
            {joined && <Alert variant="light">This folder is already being scanned.</Alert>}
            {job.attempt > 1 && (
              <Text size="sm">Continued after an interruption. Earlier results were kept.</Text>
            )}
          </>
        }
        hint={
          job.status === "paused"
            ? "The scan is paused. It continues with “Resume”, here or on the jobs page."
            : "You can close this dialog; the scan continues in the background."
        }
        actions={(jobButtons) => (
          <Actions
            aside={
              <Button variant="subtle" px="xs" onClick={onChooseOther}>
                Scan another folder
              </Button>
            }
          >
            {jobButtons}
            <Button onClick={onClose}>Close</Button>
          </Actions>
        )}
      />
    </div>
  );
}
