import { Popover } from "@mantine/core";

import type { Job } from "@/api/types";
import { ActiveJobList } from "@/features/jobs/ActiveJobList";
import { JobButton } from "@/features/jobs/JobButton";

export interface JobPopoverProps {
  jobs: readonly Job[];
  fraction: number | null;
  opened: boolean;
  onOpen: (opened: boolean) => void;
}

/** The button with the total progress, and the popover it opens. */
export function JobPopover({ jobs, fraction, opened, onOpen }: JobPopoverProps) {
  return (
    <Popover opened={opened} onChange={onOpen} width={320} position="bottom-end" shadow="md" withArrow trapFocus>
      <Popover.Target>
        <JobButton jobs={jobs} fraction={fraction} onClick={() => onOpen(!opened)} />
      </Popover.Target>
      <Popover.Dropdown>
        <ActiveJobList jobs={jobs} onLeave={() => onOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
