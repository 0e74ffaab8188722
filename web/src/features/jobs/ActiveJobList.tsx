import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Job } from "@/api/types";
import { ActiveJobRow } from "@/components/ui/ActiveJobRow";

const MOST = 5;

/** The active jobs, running ones first, and a link to the jobs page. */
export function ActiveJobList({ jobs, onLeave }: { jobs: readonly Job[]; onLeave: () => void }) {
  const sorted = [...jobs].sort((a, b) => Number(b.status === "running") - Number(a.status === "running"));
  return (
    <Stack gap="sm">
      <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: "none" }}>
        {sorted.slice(0, MOST).map((job) => (
          <ActiveJobRow key={job.id} job={job} />
        ))}
      </Stack>
      {jobs.length > MOST && (
        <Text size="sm" c="dimmed">
          And {jobs.length - MOST} more
        </Text>
      )}
      <Anchor component={Link} to="/jobs" size="sm" onClick={onLeave}>
        Show all jobs
      </Anchor>
    </Stack>
  );
}
