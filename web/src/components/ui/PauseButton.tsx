import { Button, Text, type ButtonProps } from "@mantine/core";

import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { usePausing } from "@/lib/live/useJobActions";

interface PauseButtonProps {
  job: Job;
  size?: ButtonProps["size"];
  /** The id of what names the job. */
  describedBy?: string;
}

/** Pauses an active job, or resumes it; one button, so that the focus stays on it. */
export function PauseButton({ job, size = "sm", describedBy }: PauseButtonProps) {
  const { mutate, isPending, error } = usePausing(job);
  const isPaused = job.status === "paused";
  return (
    <>
      {error && (
        <Text size="sm" role="alert" c="var(--mantine-color-error)">
          {sentenceOf(error)}
        </Text>
      )}
      <Button
        variant="default"
        size={size}
        aria-describedby={describedBy}
        aria-disabled={isPending || undefined}
        onClick={() => {
          if (!isPending) mutate();
        }}
      >
        {isPaused ? "Resume" : "Pause"}
      </Button>
    </>
  );
}
