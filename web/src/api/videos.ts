import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { VideoDetail, VideoQuery } from "@/api/types";

/** The keys of what is known of videos: all of it begins with `videos`. */
export const videoKeys = {
  all: ["videos"] as const,
  list: (query: VideoQuery) => ["videos", "list", query] as const,
  facets: (query: VideoQuery) => ["videos", "facets", query] as const,
  one: (id: string) => ["videos", "one", id] as const,
};

/** One part of a list of videos. */
export function videosQuery(query: VideoQuery) {
  return queryOptions({
    queryKey: videoKeys.list(query),
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/videos", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** A video with the revision to send along with changes of it. */
export interface VideoWithRevision {
  video: VideoDetail;
  etag: string;
}

/** Everything about one video. */
export function videoQuery(id: string) {
  return queryOptions({
    queryKey: videoKeys.one(id),
    queryFn: async ({ signal }): Promise<VideoWithRevision> => {
      const answer = await client.GET("/api/v1/videos/{video_id}", {
        params: { path: { video_id: id } },
        signal,
      });
      return { video: dataOf(answer), etag: answer.response.headers.get("etag") ?? "*" };
    },
  });
}
