import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";

/** The ways to play a video, with its audio and subtitle tracks. */
export function playbackQuery(videoId: string) {
  return queryOptions({
    queryKey: ["videos", "playback", videoId] as const,
    queryFn: async ({ signal }) =>
      dataOf(
        await client.GET("/api/v1/videos/{video_id}/playback", {
          params: { path: { video_id: videoId } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
}
