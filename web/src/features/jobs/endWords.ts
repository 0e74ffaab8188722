import type { Job } from "@/api/types";
import type { JobKinds } from "@/lib/jobKinds";
import { endWords, jobTitle } from "@/lib/jobWords";

const verbs: Readonly<Record<string, string>> = {
  succeeded: "finished",
  cancelled: "was cancelled",
  failed: "failed",
  timed_out: "timed out",
};

/** Whether nobody waits for the end of a job: a watched folder started it, and it succeeded. */
export function isUnasked(job: Job): boolean {
  return job.status === "succeeded" && Array.isArray(job.params["parts"]);
}

/** How a job ended: "Scan of Videos finished". */
export function endTitle(job: Job, kinds: JobKinds): string {
  return `${jobTitle(job, kinds)} ${verbs[job.status] ?? job.status}`;
}

/** What it achieved, or why it did not. */
export function endMessage(job: Job, kinds: JobKinds): string {
  if (job.status !== "cancelled") return endWords(job, kinds);
  return job.kind === "render" ? "No file was kept." : "Results so far were kept.";
}
