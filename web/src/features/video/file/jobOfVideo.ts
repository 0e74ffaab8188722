import type { Job } from "@/api/types";

/** Returns whether the job is for this video only. */
export function isJobOf(job: Job, kind: "scan" | "storyboard", videoId: string): boolean {
  const ids: unknown = job.params["video_ids"];
  return job.kind === kind && Array.isArray(ids) && ids.length === 1 && ids[0] === videoId;
}
