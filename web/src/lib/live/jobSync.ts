import type { QueryClient } from "@tanstack/react-query";

import { activeJobsQuery, getJob } from "@/api/jobs";
import { ApiError } from "@/api/problem";
import type { Job } from "@/api/types";
import { dropJob, storeJobs } from "@/lib/live/jobCache";

const GONE = 404;

/**
 * Fetches the active jobs, and the outcome of each that is no longer active.
 *
 * Returns whether any job is or was active. Throws `ApiError` if the server cannot be reached.
 */
export async function syncJobs(queryClient: QueryClient): Promise<boolean> {
  const before = queryClient.getQueryData(activeJobsQuery.queryKey) ?? [];
  const active = await queryClient.query({ ...activeJobsQuery, staleTime: 0, retry: false });
  const now = new Set(active.map((job) => job.id));
  const gone = before.filter((job) => !now.has(job.id));
  const ended = await Promise.all(gone.map((job) => endOf(queryClient, job)));
  storeJobs(queryClient, [...active, ...ended.filter((job) => job !== null)]);
  return active.length > 0 || gone.length > 0;
}

async function endOf(queryClient: QueryClient, job: Job): Promise<Job | null> {
  try {
    return await getJob(job.id);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === GONE)) throw error;
    dropJob(queryClient, job.id);
    return null;
  }
}
