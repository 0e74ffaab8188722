import { Button, Group, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { isFinished, jobsQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { JobProgress } from "@/components/ui/JobProgress";
import { JobStatusBadge } from "@/components/ui/JobStatusBadge";
import { PageLink } from "@/components/ui/PageLink";
import { Section } from "@/components/ui/Section";
import { formatAgo, formatDateTime } from "@/lib/format";
import { useJobKinds } from "@/lib/jobKinds";
import { endWords, jobTitle } from "@/lib/jobWords";

import classes from "@/features/video/VideoView.module.css";

const FIRST = 5;
const MOST = 100;

/** The jobs of a video: those that name it or scanned its folder, newest first. */
export function JobsSection({ videoId }: { videoId: string }) {
  const [limit, setLimit] = useState(FIRST);
  const { data, error, refetch } = useQuery(jobsQuery({ video_id: videoId, limit }));
  return (
    <Section title="Jobs" aside={<PageLink href="/jobs">All jobs</PageLink>}>
      {error ? (
        <Group gap="xs">
          <Text size="sm">{sentenceOf(error)}</Text>
          <Button size="compact-sm" variant="default" onClick={() => void refetch()}>
            Try again
          </Button>
        </Group>
      ) : !data ? (
        <Skeleton height={48} />
      ) : data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          No recent jobs for this video.
        </Text>
      ) : (
        <ul className={classes["jobs"]}>
          {data.items.map((job) => (
            <JobItem key={job.id} job={job} />
          ))}
        </ul>
      )}
      {data && data.total > data.items.length && limit < MOST && (
        <Button mt="sm" size="compact-sm" variant="default" onClick={() => setLimit(MOST)}>
          Show older jobs
        </Button>
      )}
    </Section>
  );
}

function JobItem({ job }: { job: Job }) {
  const kinds = useJobKinds();
  return (
    <li className={classes["job"]}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Text size="sm" fw={500} className={classes["jobTitle"]}>
          {jobTitle(job, kinds)}
        </Text>
        <JobStatusBadge job={job} />
      </Group>
      {isFinished(job) ? (
        <Text size="xs" c="dimmed">
          <time dateTime={job.created_at} title={formatDateTime(job.created_at)}>
            {formatAgo(job.created_at)}
          </time>
          {endWords(job, kinds) && ` · ${endWords(job, kinds)}`}
        </Text>
      ) : (
        <JobProgress job={job} />
      )}
    </li>
  );
}
