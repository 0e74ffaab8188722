import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { Video, WatchBody } from "@/api/types";
import { videoKeys, type VideoWithRevision } from "@/api/videos";

/** How far a video was watched. */
export type Watch = Pick<Video, "position_seconds" | "watched" | "watched_at">;

/** What a player reports; omitted values stay. */
export type WatchReport = Partial<WatchBody>;

/**
 * Stores how far a video was watched, and returns what is stored, which may be newer.
 *
 * It is also sent while the page is being left.
 */
export async function reportWatch(queryClient: QueryClient, id: string, report: WatchReport): Promise<Watch> {
  const answer = await client.PUT("/api/v1/videos/{video_id}/watch", {
    params: { path: { video_id: id } },
    body: { age_seconds: 0, ...report },
    keepalive: true,
  });
  const watch = dataOf(answer);
  queryClient.setQueryData<VideoWithRevision>(
    videoKeys.one(id),
    (old) => old && { ...old, video: { ...old.video, ...watch } },
  );
  return watch;
}

/** The key of the started videos, which is below that of all videos. */
export const STARTED_KEY = ["videos", "started"] as const;

/** The videos with a position to resume from, the last watched first. */
export function startedQuery(limit: number) {
  return queryOptions({
    queryKey: [...STARTED_KEY, limit] as const,
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/videos/started", { params: { query: { limit } }, signal })).items,
  });
}
