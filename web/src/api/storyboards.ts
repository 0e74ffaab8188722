import { client, dataOf } from "@/api/client";
import type { Job } from "@/api/types";

/**
 * Have the storyboards of these videos made, or of all that have none; finds the job that does
 * just that already.
 */
export async function makeStoryboards(videoIds?: string[]): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/storyboards", { body: videoIds ? { video_ids: videoIds } : {} }),
  );
}
