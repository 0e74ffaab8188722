import { QueryClient } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { activeJobsQuery, isOlder, jobKeys, jobPagesQuery, jobQuery } from "@/api/jobs";
import { dropJob, storeJob, storeJobs } from "@/lib/live/jobCache";
import { useJobEnds } from "@/lib/live/jobEnds";
import { makeEndedJob, makeJob } from "@/test/jobs";

let queryClient: QueryClient;

beforeEach(() => {
  queryClient = new QueryClient();
});

function activeIds() {
  return queryClient.getQueryData(activeJobsQuery.queryKey)?.map((job) => job.id);
}

describe("which of two snapshots is the older one", () => {
  const steps = [
    makeJob({ status: "queued", attempt: 0, revision: 0, progress: null }),
    makeJob({ progress: null, progress_detail: { done: 5 } }),
    makeJob({ progress: null, progress_detail: { done: 9 } }),
    makeJob({ progress: 0.2 }),
    makeJob({ progress: 0.4 }),
    makeJob({ progress: 0.4, cancel_requested: true }),
    makeJob({ status: "queued", revision: 2, progress: 0.4 }),
    makeJob({ status: "paused", revision: 3, progress: 0.4 }),
    makeJob({ status: "queued", revision: 4, progress: 0.4 }),
    makeJob({ attempt: 2, revision: 5, progress: 0.4 }),
    makeEndedJob({ attempt: 2, revision: 6 }),
  ];

  it.each(steps.slice(1).map((job, at) => [at, job] as const))("step %i comes before the next", (at, job) => {
    const before = steps[at];
    if (!before) throw new Error("no such step");
    expect(isOlder(before, job)).toBe(true);
    expect(isOlder(job, before)).toBe(false);
  });
});

describe("what is stored", () => {
  it("is active until it ends", () => {
    storeJob(queryClient, makeJob());
    expect(activeIds()).toEqual([makeJob().id]);
    storeJob(queryClient, makeEndedJob());
    expect(activeIds()).toEqual([]);
    expect(queryClient.getQueryData(jobQuery(makeJob().id).queryKey)?.status).toBe("succeeded");
  });

  it("is not replaced by what is older", () => {
    storeJobs(queryClient, [makeJob({ progress: 0.5 }), makeJob({ progress: 0.4 })]);
    expect(queryClient.getQueryData(activeJobsQuery.queryKey)?.[0]?.progress).toBe(0.5);
    storeJobs(queryClient, [makeEndedJob(), makeJob({ progress: 0.9 })]);
    expect(activeIds()).toEqual([]);
  });

  it("is changed in every list, of one part or of many", () => {
    const page = { items: [makeJob()], next_cursor: null, total: 1 };
    const { queryKey } = jobPagesQuery({});
    queryClient.setQueryData(queryKey, { pages: [page], pageParams: [null] });
    queryClient.setQueryData(jobKeys.list({ limit: 5 }), page);
    storeJob(queryClient, makeJob({ progress: 0.7 }));
    expect(queryClient.getQueryData(queryKey)?.pages[0]?.items[0]?.progress).toBe(0.7);
    expect(queryClient.getQueryData(jobKeys.list({ limit: 5 }))).toMatchObject({ items: [{ progress: 0.7 }] });
    dropJob(queryClient, makeJob().id);
    expect(queryClient.getQueryData(queryKey)?.pages[0]).toMatchObject({ items: [], total: 0 });
  });
});

it("the end of a job is told once", () => {
  const heard = vi.fn();
  renderHook(() => useJobEnds(heard));
  storeJob(queryClient, makeJob());
  expect(heard).not.toHaveBeenCalled();
  storeJob(queryClient, makeEndedJob());
  storeJob(queryClient, makeEndedJob());
  expect(heard).toHaveBeenCalledTimes(1);
});
