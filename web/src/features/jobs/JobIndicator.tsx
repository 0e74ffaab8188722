import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { activeJobsQuery } from "@/api/jobs";
import { DesktopNotices } from "@/features/jobs/DesktopNotices";
import { JobButton } from "@/features/jobs/JobButton";
import { JobEndNotices } from "@/features/jobs/JobEndNotices";
import type { JobPopoverProps } from "@/features/jobs/JobPopover";
import { useTotalProgress } from "@/features/jobs/useTotalProgress";
import { formatPercent } from "@/lib/format";
import { useProgressIcon } from "@/lib/progressIcon";
import { useSetTitlePrefix } from "@/lib/titlePrefix";

/** Loaded with the first job; if that fails, the button opens the jobs page. */
const JobPopover = lazy(async () => {
  try {
    return { default: (await import("@/features/jobs/JobPopover")).JobPopover };
  } catch {
    return { default: JobsLink };
  }
});

const NONE: never[] = [];

/** The total progress of all active jobs, on every page; nothing if none is active. */
export function JobIndicator() {
  const { data: jobs = NONE } = useQuery(activeJobsQuery);
  const fraction = useTotalProgress(jobs);
  const [opened, setOpened] = useState(false);
  const active = jobs.length > 0;
  useSetTitlePrefix(active && fraction !== null ? formatPercent(fraction) : null);
  useProgressIcon(active ? (fraction ?? 0) : null);
  if (!active && opened) setOpened(false);

  return (
    <>
      <JobEndNotices />
      <DesktopNotices />
      {active && (
        <Suspense fallback={<JobButton jobs={jobs} fraction={fraction} onClick={() => setOpened(true)} />}>
          <JobPopover jobs={jobs} fraction={fraction} opened={opened} onOpen={setOpened} />
        </Suspense>
      )}
    </>
  );
}

function JobsLink({ jobs, fraction }: JobPopoverProps) {
  const navigate = useNavigate();
  return <JobButton jobs={jobs} fraction={fraction} onClick={() => void navigate({ to: "/jobs" })} />;
}
