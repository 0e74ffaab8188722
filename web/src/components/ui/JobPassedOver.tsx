import { Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { formatCount } from "@/lib/format";
import { resultPassedOver } from "@/lib/jobWords";

import classes from "@/components/ui/JobResult.module.css";

/** What a scan ignored, so that nothing is missing silently; nothing if it ignored nothing. */
export function JobPassedOver({ job }: { job: Job }) {
  const passedOver = resultPassedOver(job);
  if (passedOver.length === 0) return null;
  const total = passedOver.reduce((sum, one) => sum + one.count, 0);
  return (
    <details>
      <Text component="summary" size="sm">
        {formatCount(total)} ignored
      </Text>
      <Stack gap={4} mt={4}>
        <ul className={classes["list"]}>
          {passedOver.map((one) => (
            <li key={one.reason} className={classes["error"]}>
              <span className={classes["path"]}>
                {formatCount(one.count)} {one.words}
              </span>
              <span className={classes["reason"]}>
                {one.examples.join(", ")}
                {one.count > one.examples.length && ", …"}
              </span>
            </li>
          ))}
        </ul>
      </Stack>
    </details>
  );
}
