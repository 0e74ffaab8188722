import { Group, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { formatCount } from "@/lib/format";
import { useJobKinds } from "@/lib/jobKinds";
import { resultCounts } from "@/lib/jobWords";

import classes from "@/components/ui/JobResult.module.css";

/** The counts of a job's result, without zeros. */
export function JobCounts({ job }: { job: Job }) {
  const kinds = useJobKinds();
  const counts = resultCounts(job, kinds);
  if (counts.length === 0) return null;
  return (
    <Group component="ul" gap="xs" className={classes["counts"]}>
      {counts.map(({ name, value, words }) => (
        <li key={name} className={classes["count"]} data-bad={name === "failed" || undefined}>
          <Text component="span" size="lg" fw={600} lh={1.2}>
            {formatCount(value)}
          </Text>{" "}
          <Text component="span" size="sm" c="dimmed">
            {words}
          </Text>
        </li>
      ))}
    </Group>
  );
}
