import { Button, Text, type ButtonProps } from "@mantine/core";

import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { usePausing } from "@/lib/live/useJobActions";
import { useHeldBack } from "@/lib/quietHours";

interface PauseButtonProps {
  job: Job;
  size?: ButtonProps["size"];
  /** The id of what names the job. */
  describedBy?: string;
}

/**
 * Pauses an active job, resumes it, or runs one that waits for the end of the quiet hours.
 *
 * It is one button, so that the focus stays on it.
 */
export function PauseButton({ job, size = "sm", describedBy }: PauseButtonProps) {
  const isPaused = job.status === "paused";
  const isHeldBack = useHeldBack(job) !== null;
  const { mutate, isPending, error } = usePausing(job, isPaused || isHeldBack);
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
        {isPaused ? "Resume" : isHeldBack ? "Run now" : "Pause"}
      </Button>
    </>
  );
}
