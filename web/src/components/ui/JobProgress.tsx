import { Group, Stack, Text } from "@mantine/core";

import { detailOf } from "@/api/jobs";
import type { Job } from "@/api/types";
import { FilePath } from "@/components/ui/FilePath";
import { ProgressBar } from "@/components/ui/ProgressBar";
import { formatPercent } from "@/lib/format";
import { useJobKinds } from "@/lib/jobKinds";
import {
  isCancelling,
  jobTitle,
  numberWords,
  phaseWords,
  progressWords,
} from "@/lib/jobWords";
import { useHeldBack } from "@/lib/quietHours";

import classes from "@/components/ui/JobProgress.module.css";

/** The progress of an active job: phase, fraction, counts, rate, time left and current file. */
export function JobProgress({ job, large = false }: { job: Job; large?: boolean }) {
  const kinds = useJobKinds();
  const numbers = numberWords(job);
  const { current } = detailOf(job);
  const heldBack = useHeldBack(job);
  return (
    <Stack gap={large ? "xs" : 4} className={classes["progress"]}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size={large ? "md" : "sm"} fw={large ? 500 : 400}>
          {isCancelling(job) ? "Cancelling…" : (heldBack ?? phaseWords(job, kinds))}
        </Text>
        {job.progress !== null && (
          <Text size={large ? "md" : "sm"} fw={600} data-testid="percent">
            {formatPercent(job.progress)}
          </Text>
        )}
      </Group>
      <ProgressBar
        label={jobTitle(job, kinds)}
        words={isCancelling(job) ? "Cancelling" : progressWords(job, kinds)}
        fraction={job.progress}
        idle={job.status !== "running"}
        size={large ? "lg" : "sm"}
        color={isCancelling(job) || job.status === "paused" ? "gray" : "cyan"}
      />
      <Text component="div" size="sm" c="dimmed" className={`${classes["line"]} ${classes["numbers"]}`}>
        {numbers || "\u00A0"}
      </Text>
      <Text component="div" size="sm" c="dimmed" className={classes["line"]}>
        {current ? <FilePath path={current} /> : "\u00A0"}
      </Text>
    </Stack>
  );
}
