import { Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { formatCount } from "@/lib/format";
import { resultErrors } from "@/lib/jobWords";

import classes from "@/components/ui/JobResult.module.css";

/** The errors of a job with their reasons; nothing if there are none. */
export function JobErrors({ job }: { job: Job }) {
  const errors = resultErrors(job);
  if (errors.length === 0) return null;
  const failed = job.result?.["failed"];
  const total = Math.max(errors.length, typeof failed === "number" ? failed : 0);
  const heading = total > errors.length ? `First ${errors.length} of ${formatCount(total)} problems` : "Problems";
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600} id={`errors-${job.id}`}>
        {heading}
      </Text>
      {/* It scrolls, so it must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes["frame"]} role="region" aria-labelledby={`errors-${job.id}`} tabIndex={0}>
        <ul className={classes["list"]}>
          {errors.map((error) => (
            <li key={error.path + error.reason} className={classes["error"]}>
              <span className={classes["path"]}>{error.path}</span>
              <span className={classes["reason"]}>{error.reason}</span>
            </li>
          ))}
        </ul>
      </div>
    </Stack>
  );
}
