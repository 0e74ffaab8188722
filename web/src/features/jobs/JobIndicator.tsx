import { Popover, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { activeJobsQuery } from "@/api/jobs";
import { ActiveJobList } from "@/features/jobs/ActiveJobList";
import { JobEndNotices } from "@/features/jobs/JobEndNotices";
import { ProgressRing } from "@/features/jobs/ProgressRing";
import { useTotalProgress } from "@/features/jobs/useTotalProgress";
import { formatCounted, formatPercent } from "@/lib/format";
import { useSetTitlePrefix } from "@/lib/titlePrefix";

import classes from "@/features/jobs/JobIndicator.module.css";

const NONE: never[] = [];

/** How far all active jobs are together, everywhere on the page; nothing where none is active. */
export function JobIndicator() {
  const { data: jobs = NONE } = useQuery(activeJobsQuery);
  const fraction = useTotalProgress(jobs);
  const [opened, setOpened] = useState(false);
  const active = jobs.length > 0;
  const percent = fraction === null ? null : formatPercent(fraction);
  useSetTitlePrefix(active ? percent : null);
  if (!active && opened) setOpened(false);

  return (
    <>
      <JobEndNotices />
      {active && (
        <Popover opened={opened} onChange={setOpened} width={320} position="bottom-end" shadow="md" withArrow trapFocus>
          <Popover.Target>
            <UnstyledButton
              className={classes["button"]}
              aria-label={`${formatCounted(jobs.length, "active job")}${percent ? `, ${percent}` : ""}`}
              onClick={() => setOpened(!opened)}
            >
              <ProgressRing fraction={fraction} />
              <span className={classes["percent"]}>{percent ?? "…"}</span>
              {jobs.length > 1 && <span className={classes["count"]}>{jobs.length} jobs</span>}
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown>
            <ActiveJobList jobs={jobs} onLeave={() => setOpened(false)} />
          </Popover.Dropdown>
        </Popover>
      )}
    </>
  );
}
