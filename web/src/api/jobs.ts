import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type QueryClient,
} from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Job, JobQuery, JobStatus } from "@/api/types";

/** Query keys of jobs; all start with `jobs`. */
export const jobKeys = {
  all: ["jobs"] as const,
  lists: ["jobs", "list"] as const,
  list: (query: JobQuery) => ["jobs", "list", query] as const,
  pages: (query: JobQuery) => ["jobs", "list", "pages", query] as const,
  one: (id: string) => ["jobs", "one", id] as const,
  active: ["jobs", "active"] as const,
  kinds: ["jobs", "kinds"] as const,
  quietHours: ["jobs", "quiet-hours"] as const,
};

const GONE = 404;

const FINAL: ReadonlySet<JobStatus> = new Set(["succeeded", "failed", "cancelled", "timed_out"]);

/** Returns the progress details of a job; empty if a server of another version sends none. */
export function detailOf(job: Job): Partial<Job["progress_detail"]> {
  return (job as Partial<Job>).progress_detail ?? {};
}

/** Returns whether the job has ended, in any way. */
export function isFinished(job: Job): boolean {
  return FINAL.has(job.status);
}

/**
 * Returns whether the snapshot `job` is older than `known`, another snapshot of the same job.
 *
 * Snapshots arrive by events and by requests, and may overtake one another. Each change of the
 * status has the next revision.
 */
export function isOlder(job: Job, known: Job): boolean {
  if (isFinished(known)) return !isFinished(job);
  if (isFinished(job)) return false;
  if (job.revision !== known.revision) return job.revision < known.revision;
  if (job.cancel_requested !== known.cancel_requested) return known.cancel_requested;
  const [before, after] = [known.progress ?? -1, job.progress ?? -1];
  if (before !== after) return after < before;
  return (detailOf(job).done ?? -1) < (detailOf(known).done ?? -1);
}

function newest(job: Job, queryClient: QueryClient): Job {
  const known = queryClient.getQueryData(jobQuery(job.id).queryKey);
  return known && isOlder(job, known) ? known : job;
}

/** Fetches the current state of a job. */
export async function getJob(id: string, signal: AbortSignal | null = null): Promise<Job> {
  return dataOf(
    await client.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal }),
  );
}

/** The kinds of jobs that the server runs; they only change with its version. */
export const jobKindsQuery = queryOptions({
  queryKey: jobKeys.kinds,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/jobs/kinds", { signal })).items,
  staleTime: Infinity,
});

const QUIET_HOURS_MS = 30_000;

/** The hours in which jobs wait; asked for again because they begin and end by the clock. */
export const quietHoursQuery = queryOptions({
  queryKey: jobKeys.quietHours,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/jobs/quiet-hours", { signal })),
  staleTime: QUIET_HOURS_MS,
  refetchInterval: (query) => (query.state.data?.hours == null ? false : QUIET_HOURS_MS),
});

/** One job; kept current by the live view. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: jobKeys.one(id),
    queryFn: async ({ signal, client: queryClient }): Promise<Job> =>
      newest(await getJob(id, signal), queryClient),
  });
}

const PAGE_SIZE = 50;

/** The list of jobs, newest first, page by page. */
export function jobPagesQuery(query: Pick<JobQuery, "kind" | "status">) {
  return infiniteQueryOptions({
    queryKey: jobKeys.pages(query),
    queryFn: async ({ signal, pageParam, client: queryClient }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam };
      const page = dataOf(
        await client.GET("/api/v1/jobs", {
          params: { query: { ...query, limit: PAGE_SIZE, ...cursor } },
          signal,
        }),
      );
      return { ...page, items: page.items.map((job) => newest(job, queryClient)) };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });
}

/** A page of the list of jobs, newest first. */
export function jobsQuery(query: JobQuery) {
  return queryOptions({
    queryKey: jobKeys.list(query),
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/jobs", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

const activeKey = jobKeys.active;

/** All jobs that have not ended, oldest first; kept current by the live view. */
export const activeJobsQuery = queryOptions({
  queryKey: activeKey,
  queryFn: async ({ signal, client: queryClient }): Promise<Job[]> => {
    const known = () => queryClient.getQueryData<Job[]>(activeKey) ?? [];
    const before = new Set(known().map((job) => job.id));
    const parts = await Promise.all(
      (["running", "queued", "paused"] as const).map((status) =>
        client.GET("/api/v1/jobs", { params: { query: { status, limit: 200 } }, signal }),
      ),
    );
    const answered = parts.flatMap((part) => dataOf(part).items);
    // Jobs that events reported during the request are missing in the response.
    const added = known().filter((job) => !before.has(job.id));
    return sortedByAge(
      [...added, ...answered.map((job) => newest(job, queryClient))].filter((job) => !isFinished(job)),
    );
  },
});

/** Returns each job once, oldest first; ids are UUIDv7, so they sort by time. */
export function sortedByAge(jobs: readonly Job[]): Job[] {
  return [...new Map(jobs.map((job) => [job.id, job])).values()].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
}

export async function cancelJob(id: string): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } }),
  );
}

export async function pauseJob(id: string): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/jobs/{job_id}/pause", { params: { path: { job_id: id } } }),
  );
}

export async function resumeJob(id: string): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/jobs/{job_id}/resume", { params: { path: { job_id: id } } }),
  );
}

/** Moves a waiting job before another one of its kind, or to the end of the queue. */
export async function reorderJob(id: string, before: string | null): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/jobs/{job_id}/order", {
      params: { path: { job_id: id } },
      body: before === null ? { place: "last" } : { before },
    }),
  );
}

export async function retryJob(id: string): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: id } } }),
  );
}

/** Deletes a finished job; one that is already gone is no error. */
export async function forgetJob(id: string): Promise<void> {
  try {
    await client.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === GONE)) throw error;
  }
}

/** Deletes all finished jobs, or those of a kind or with a status. */
export async function clearFinishedJobs({ kind, status }: Pick<JobQuery, "kind" | "status">): Promise<void> {
  // Active jobs are never deleted, so an active status matches nothing.
  if (status === "queued" || status === "running" || status === "paused") return;
  await client.DELETE("/api/v1/jobs", { params: { query: { ...(kind && { kind }), ...(status && { status }) } } });
}
