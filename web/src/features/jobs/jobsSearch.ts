import type { JobStatus } from "@/api/types";
import { jobStatusLabels } from "@/lib/jobWords";
import { keysOf } from "@/lib/keysOf";
import type { PlainSearch } from "@/lib/searchParams";

/** The filters in the address of the jobs page. */
export interface JobsSearch {
  kind?: string;
  status?: JobStatus;
}

/** Parses the address; invalid values are dropped. */
export function parseJobsSearch(search: PlainSearch | JobsSearch): JobsSearch {
  const { kind, status: given } = search;
  const status = keysOf(jobStatusLabels).find((one) => one === given);
  return { ...(typeof kind === "string" && kind && { kind }), ...(status && { status }) };
}
