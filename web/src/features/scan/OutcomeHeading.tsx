import { Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconPlayerStop } from "@tabler/icons-react";

import type { Job } from "@/api/types";
import { useFocusFallback } from "@/features/scan/useFocusFallback";
import { formatTimeLeft } from "@/lib/format";
import { useJobKinds, type JobKinds } from "@/lib/jobKinds";
import { endWords, resultCounts, runSeconds } from "@/lib/jobWords";

/** The outcome of a scan in a few words; it takes the focus if nothing has it. */
export function OutcomeHeading({ job }: { job: Job }) {
  const kinds = useJobKinds();
  const heading = useFocusFallback();
  const { title, words, color, Icon } = outcomeOf(job, kinds);
  return (
    <Group ref={heading} tabIndex={-1} gap="sm" wrap="nowrap" align="flex-start" style={{ outline: "none" }}>
      <ThemeIcon variant="light" color={color} size="lg" radius="xl" aria-hidden>
        <Icon size={20} />
      </ThemeIcon>
      <Stack gap={2}>
        <Text fw={600} lh={1.5}>
          {title}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {words}
        </Text>
      </Stack>
    </Group>
  );
}

function outcomeOf(job: Job, kinds: JobKinds) {
  const seconds = runSeconds(job);
  const time = seconds === null ? "" : ` in ${formatTimeLeft(seconds)}`;
  switch (job.status) {
    case "succeeded": {
      const bad = Boolean(job.result?.["failed"]);
      const news = resultCounts(job, kinds).some((one) => one.name !== "unchanged" && one.name !== "found");
      const words = news ? endWords(job, kinds) : job.result?.["found"] ? "Nothing has changed since the last scan." : endWords(job, kinds);
      return bad
        ? { title: `Done${time}, with problems`, words, color: "orange", Icon: IconAlertTriangle }
        : { title: `Done${time}`, words, color: "teal", Icon: IconCheck };
    }
    case "cancelled":
      return { title: "Scan cancelled", words: "Videos found so far were kept; the next scan continues from there.", color: "gray", Icon: IconPlayerStop };
    case "timed_out":
      return { title: "The scan timed out", words: endWords(job, kinds), color: "orange", Icon: IconAlertTriangle };
    default:
      return { title: "The scan failed", words: endWords(job, kinds), color: "red", Icon: IconAlertTriangle };
  }
}
