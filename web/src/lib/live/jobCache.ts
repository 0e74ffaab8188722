import { type InfiniteData, notifyManager, type QueryClient } from "@tanstack/react-query";

import { activeJobsQuery, isFinished, isOlder, jobKeys, jobQuery, sortedByAge } from "@/api/jobs";
import type { Job, JobPage } from "@/api/types";
import { notifyJobEnd } from "@/lib/live/jobEnds";
import { refresh } from "@/lib/live/refresh";

type Lists = JobPage | InfiniteData<JobPage>;

/** Stores the snapshots `jobs` in the cache, unless it has newer ones. */
export function storeJobs(queryClient: QueryClient, jobs: readonly Job[]): void {
  const ended: Job[] = [];
  notifyManager.batch(() => {
    for (const job of jobs) {
      const known = queryClient.getQueryData(jobQuery(job.id).queryKey);
      if (known && isOlder(job, known)) continue;
      const wasActive = queryClient
        .getQueryData(activeJobsQuery.queryKey)
        ?.some((one) => one.id === job.id);
      storeOne(queryClient, job, known);
      if (isFinished(job) && (wasActive || !known || !isFinished(known))) ended.push(job);
    }
  });
  ended.forEach(notifyJobEnd);
}

/** Stores one snapshot. */
export function storeJob(queryClient: QueryClient, job: Job): void {
  storeJobs(queryClient, [job]);
}

/** Removes a deleted job from the cache. */
export function dropJob(queryClient: QueryClient, id: string): void {
  queryClient.setQueryData(activeJobsQuery.queryKey, (jobs) => jobs?.filter((job) => job.id !== id));
  queryClient.setQueriesData<Lists>({ queryKey: jobKeys.lists }, (list) =>
    list &&
    mapPages(list, (page) => {
      const items = page.items.filter((job) => job.id !== id);
      return { ...page, items, total: page.total - (page.items.length - items.length) };
    }),
  );
}

function storeOne(queryClient: QueryClient, job: Job, known: Job | undefined): void {
  queryClient.setQueryData(jobQuery(job.id).queryKey, job);
  queryClient.setQueryData(activeJobsQuery.queryKey, (active: Job[] = []) => {
    const others = active.filter((one) => one.id !== job.id);
    return isFinished(job) ? others : sortedByAge([...others, job]);
  });
  queryClient.setQueriesData<Lists>({ queryKey: jobKeys.lists }, (list) =>
    list &&
    mapPages(list, (page) => ({
      ...page,
      items: page.items.map((one) => (one.id === job.id ? job : one)),
    })),
  );
  if (known?.status !== job.status) {
    // It is new, or moves to another list.
    void refresh(queryClient, jobKeys.lists);
  }
}

function mapPages(list: Lists, change: (page: JobPage) => JobPage): Lists {
  return "pages" in list ? { ...list, pages: list.pages.map(change) } : change(list);
}
