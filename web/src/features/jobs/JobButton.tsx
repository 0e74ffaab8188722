import { UnstyledButton } from "@mantine/core";
import type { ComponentProps } from "react";

import type { Job } from "@/api/types";
import { ProgressRing } from "@/features/jobs/ProgressRing";
import { formatCounted, formatPercent } from "@/lib/format";

import classes from "@/features/jobs/JobIndicator.module.css";

interface JobButtonProps extends ComponentProps<"button"> {
  jobs: readonly Job[];
  fraction: number | null;
}

/** A button with the total progress of `jobs`; other properties go to the button. */
export function JobButton({ jobs, fraction, className, ...others }: JobButtonProps) {
  const percent = fraction === null ? null : formatPercent(fraction);
  return (
    <UnstyledButton
      className={`${classes["button"]} ${className ?? ""}`}
      aria-label={`${formatCounted(jobs.length, "active job")}${percent ? `, ${percent}` : ""}`}
      {...others}
    >
      <ProgressRing fraction={fraction} />
      <span className={classes["percent"]}>{percent ?? "…"}</span>
      {jobs.length > 1 && <span className={classes["count"]}>{jobs.length} jobs</span>}
    </UnstyledButton>
  );
}
