import { CloseButton, Group, Stack, Text } from "@mantine/core";

import type { ReactNode } from "react";

import type { Job } from "@/api/types";
import { PageLink } from "@/components/ui/PageLink";
import { ProgressBar } from "@/components/ui/ProgressBar";
import { formatPercent } from "@/lib/format";
import { useJobKinds } from "@/lib/jobKinds";
import { jobTitle, phaseWords, progressWords, timeLeftWords } from "@/lib/jobWords";
import { useHeldBack } from "@/lib/quietHours";
import { useCancellation } from "@/lib/live/useJobActions";

interface ActiveJobRowProps {
  job: Job;
  /** The address that its title leads to. */
  href?: string;
  /** Its place in the queue, in words. */
  place?: string | undefined;
  /** What it is dragged by, if it is part of an item of a list that can be reordered. */
  handle?: ReactNode;
}

/** An active job in a few lines. */
export function ActiveJobRow({ job, href, place, handle }: ActiveJobRowProps) {
  const kinds = useJobKinds();
  const { isCancelling, cancel } = useCancellation(job);
  const heldBack = useHeldBack(job);
  const title = jobTitle(job, kinds);
  const words = isCancelling
    ? "Cancelling…"
    : [job.progress === null ? null : formatPercent(job.progress), heldBack ?? place ?? phaseWords(job, kinds), timeLeftWords(job)]
        .filter((part) => part !== null)
        .join(" · ");
  return (
    <Group component={handle === undefined ? "li" : "div"} wrap="nowrap" gap="xs" align="flex-start">
      {handle}
      <Stack gap={4} flex={1} miw={0}>
        <Text size="sm" fw={500} truncate title={title}>
          {href === undefined ? title : <PageLink href={href}>{title}</PageLink>}
        </Text>
        <ProgressBar
          label={title}
          words={isCancelling ? "Cancelling" : progressWords(job, kinds)}
          fraction={job.progress}
          idle={job.status !== "running"}
          color={isCancelling ? "gray" : "cyan"}
        />
        <Text size="xs" c="dimmed" style={{ fontVariantNumeric: "tabular-nums" }}>
          {words}
        </Text>
      </Stack>
      <CloseButton
        size="sm"
        aria-label={`Cancel: ${title}`}
        title="Cancel"
        disabled={isCancelling}
        onClick={cancel}
      />
    </Group>
  );
}
