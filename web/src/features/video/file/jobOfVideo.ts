import type { Job } from "@/api/types";

/** Whether the job was asked for this video and no other. */
export function isJobOf(job: Job, kind: "scan" | "storyboard", videoId: string): boolean {
  const ids: unknown = job.params["video_ids"];
  return job.kind === kind && Array.isArray(ids) && ids.length === 1 && ids[0] === videoId;
}
