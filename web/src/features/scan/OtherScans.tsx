import { Button, Group, Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { formatPercent } from "@/lib/format";
import { useJobKinds } from "@/lib/jobKinds";
import { jobTitle, phaseWords } from "@/lib/jobWords";

interface OtherScansProps {
  scans: readonly Job[];
  onShow: (job: Job) => void;
}

/** Other active scans; nothing if there are none. */
export function OtherScans({ scans, onShow }: OtherScansProps) {
  const kinds = useJobKinds();
  if (scans.length === 0) return null;
  return (
    <Stack gap={4} mt="md">
      <Text size="sm" fw={600}>
        Other active scans
      </Text>
      {scans.map((job) => (
        <Group key={job.id} justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" truncate>
            {jobTitle(job, kinds)}
          </Text>
          <Group gap="sm" wrap="nowrap">
            <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
              {job.progress === null || job.status !== "running" ? phaseWords(job, kinds) : formatPercent(job.progress)}
            </Text>
            <Button size="xs" variant="default" aria-label={`Show ${jobTitle(job, kinds)}`} onClick={() => onShow(job)}>
              Show
            </Button>
          </Group>
        </Group>
      ))}
    </Stack>
  );
}
