import { Alert, Button, Container, Group, Skeleton, Stack, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { IconMoon } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";

import { activeJobsQuery, isFinished, jobPagesQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { ClearFinished } from "@/features/jobs/ClearFinished";
import { JobFilters } from "@/features/jobs/JobFilters";
import { JobList } from "@/features/jobs/JobList";
import { parseJobsSearch, type JobsSearch } from "@/features/jobs/jobsSearch";
import { ShowMore } from "@/components/ui/ShowMore";
import { NoJobs } from "@/features/jobs/NoJobs";
import { NoticeSwitch } from "@/features/jobs/NoticeSwitch";
import { useRemoval } from "@/features/jobs/useRemoval";
import { useQuietHours } from "@/lib/quietHours";

const route = getRouteApi("/jobs");

/** All jobs: the active ones, then the finished ones, newest first. */
export function JobsPage() {
  // The router keeps parameters that were not validated.
  const search = parseJobsSearch(route.useSearch());
  const navigate = route.useNavigate();
  const pages = useInfiniteQuery(jobPagesQuery(search));
  const { data: allActive = [] } = useQuery(activeJobsQuery);
  const { hidden, remove } = useRemoval();
  const quietHours = useQuietHours();

  const listed = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const active = newestFirst(allActive.filter((job) => matches(job, search)));
  const ended = newestFirst(listed.filter((job) => isFinished(job) && matches(job, search))).filter(
    (job) => !hidden.has(job.id),
  );
  const filter = (next: JobsSearch) => void navigate({ search: next, replace: true });
  const filtered = search.kind !== undefined || search.status !== undefined;
  const nothing = pages.isSuccess && active.length + ended.length === 0 && !pages.hasNextPage;

  return (
    <Container size="md" py="md" px="md">
      <Group justify="space-between" mb="md" gap="sm">
        <Title order={1} size="h2">
          Jobs
        </Title>
        <Group gap="xs">
          <JobFilters search={search} kinds={listed.map((job) => job.kind)} onChange={filter} />
          <NoticeSwitch />
          {ended.length > 0 && <ClearFinished search={search} />}
        </Group>
      </Group>
      <Stack gap="lg">
        {quietHours !== null && (
          <Alert color="cyan" variant="light" icon={<IconMoon aria-hidden />} title={`Quiet hours ${quietHours}`}>
            Jobs wait, except for edits. “Run now” starts one nevertheless.
          </Alert>
        )}
        <JobList heading="Active" jobs={active} onRemove={remove} />
        {pages.isError && (
          <Alert color="red" variant="light" title="Could not load jobs" role="alert">
            <Stack gap="xs" align="flex-start">
              {sentenceOf(pages.error)}
              <Button variant="default" size="xs" onClick={() => void pages.refetch()}>
                Try again
              </Button>
            </Stack>
          </Alert>
        )}
        {pages.isPending && <Waiting />}
        <JobList heading="Finished" jobs={ended} onRemove={remove} />
        {nothing && <NoJobs onClearFilters={filtered ? () => filter({}) : null} />}
        <ShowMore
          left={pages.hasNextPage}
          loading={pages.isFetchingNextPage}
          onMore={() => void pages.fetchNextPage()}
        />
      </Stack>
    </Container>
  );
}

function Waiting() {
  return (
    <Stack gap="xs" aria-busy aria-label="Loading jobs" role="status">
      {[1, 2, 3].map((row) => (
        <Skeleton key={row} height={112} />
      ))}
    </Stack>
  );
}

function matches(job: Job, search: JobsSearch): boolean {
  return (
    (search.kind === undefined || job.kind === search.kind) &&
    (search.status === undefined || job.status === search.status)
  );
}

/** Returns each job once; ids are UUIDv7, so they sort by time. */
function newestFirst(jobs: readonly Job[]): Job[] {
  return [...new Map(jobs.map((job) => [job.id, job])).values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}
