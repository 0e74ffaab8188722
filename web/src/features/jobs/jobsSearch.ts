import type { JobStatus } from "@/api/types";
import type { PlainSearch } from "@/lib/searchParams";

/** What the address of the page of jobs says: which of them are shown. */
export interface JobsSearch {
  kind?: string;
  status?: JobStatus;
}

export const JOB_STATUSES: readonly JobStatus[] = [
  "queued",
  "running",
  "succeeded",
  "failed",
  "cancelled",
  "timed_out",
];

/** What makes no sense in an address is left out. */
export function parseJobsSearch(search: PlainSearch | JobsSearch): JobsSearch {
  const { kind, status: given } = search;
  const status = JOB_STATUSES.find((one) => one === given);
  return { ...(typeof kind === "string" && kind && { kind }), ...(status && { status }) };
}
