import type { QueryClient } from "@tanstack/react-query";

import { activeJobsQuery, isFinished, jobKeys, jobQuery, sortedByAge } from "@/api/jobs";
import type { Job, JobPage } from "@/api/types";

/** Puts the snapshot `job` wherever the page shows it, unless something newer is there. */
export function storeJob(queryClient: QueryClient, job: Job): void {
  const known = queryClient.getQueryData(jobQuery(job.id).queryKey);
  if (known && isOlder(job, known)) return;
  queryClient.setQueryData(jobQuery(job.id).queryKey, job);
  queryClient.setQueryData(activeJobsQuery.queryKey, (jobs: Job[] = []) => {
    const others = jobs.filter((one) => one.id !== job.id);
    return isFinished(job) ? others : sortedByAge([...others, job]);
  });
  queryClient.setQueriesData<JobPage>({ queryKey: jobKeys.lists }, (page) =>
    page && { ...page, items: page.items.map((one) => (one.id === job.id ? job : one)) },
  );
  if (known?.status !== job.status) {
    // It is new, or moves from one list to another.
    void queryClient.invalidateQueries({ queryKey: jobKeys.lists });
  }
}

/** Whether `job` tells less than `known`: snapshots by events and by requests may overtake. */
function isOlder(job: Job, known: Job): boolean {
  if (job.attempt !== known.attempt) return job.attempt < known.attempt;
  if (isFinished(known)) return !isFinished(job);
  return known.status === "running" && job.status === "queued";
}
