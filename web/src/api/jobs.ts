import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { Job, JobQuery, JobStatus } from "@/api/types";

/** The keys of what is known of jobs: all of it begins with `jobs`. */
export const jobKeys = {
  all: ["jobs"] as const,
  lists: ["jobs", "list"] as const,
  list: (query: JobQuery) => ["jobs", "list", query] as const,
  one: (id: string) => ["jobs", "one", id] as const,
  active: ["jobs", "active"] as const,
};

const FINAL: ReadonlySet<JobStatus> = new Set(["succeeded", "failed", "cancelled", "timed_out"]);

/** Whether the job has ended, well or not. */
export function isFinished(job: Job): boolean {
  return FINAL.has(job.status);
}

/** One job; kept current by the live view. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: jobKeys.one(id),
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
  });
}

/** A part of the list of jobs, newest first. */
export function jobsQuery(query: JobQuery) {
  return queryOptions({
    queryKey: jobKeys.list(query),
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/jobs", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** All jobs that are queued or running, oldest first; kept current by the live view. */
export const activeJobsQuery = queryOptions({
  queryKey: jobKeys.active,
  queryFn: async ({ signal }): Promise<Job[]> => {
    const parts = await Promise.all(
      (["running", "queued"] as const).map((status) =>
        client.GET("/api/v1/jobs", { params: { query: { status, limit: 200 } }, signal }),
      ),
    );
    return sortedByAge(parts.flatMap((part) => dataOf(part).items));
  },
});

/** `jobs` once each, oldest first; ids are UUIDv7, so they sort by time. */
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

export async function retryJob(id: string): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: id } } }),
  );
}

/** Forget a job that has ended. */
export async function forgetJob(id: string): Promise<void> {
  await client.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } });
}
