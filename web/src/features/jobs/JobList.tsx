import { Stack, Title } from "@mantine/core";

import { isFinished } from "@/api/jobs";
import type { Job } from "@/api/types";
import { JobCard } from "@/features/jobs/JobCard";

interface JobListProps {
  heading: string;
  jobs: readonly Job[];
  onRemove: (job: Job) => void;
}

/** Jobs under a heading; nothing if there are none. */
export function JobList({ heading, jobs, onRemove }: JobListProps) {
  if (jobs.length === 0) return null;
  return (
    <section aria-label={heading}>
      <Title order={2} size="h5" mb="xs">
        {heading}
      </Title>
      <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: "none" }}>
        {jobs.map((job) => (
          <JobCard key={job.id} job={job} onRemove={isFinished(job) ? () => onRemove(job) : null} />
        ))}
      </Stack>
    </section>
  );
}
