import { client, dataOf } from "@/api/client";
import type { Job } from "@/api/types";

/**
 * Creates the storyboards of these videos, or of all that have none; returns the active job of the
 * same request if there is one.
 */
export async function makeStoryboards(videoIds?: string[]): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/storyboards", { body: videoIds ? { video_ids: videoIds } : {} }),
  );
}
