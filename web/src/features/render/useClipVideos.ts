import { useQueries } from "@tanstack/react-query";

import { ApiError } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { videoQuery } from "@/api/videos";

const NOT_FOUND = 404;

export interface ClipVideo {
  /** Undefined while loading, and if that failed. */
  video: VideoDetail | undefined;
  /** Why it cannot be rendered, as a sentence. */
  trouble: string | null;
}

/** Returns the videos of clips, by id. */
export function useClipVideos(clips: readonly { videoId: string }[]): ReadonlyMap<string, ClipVideo> {
  const ids = [...new Set(clips.map((clip) => clip.videoId))].filter((id) => id !== "");
  return useQueries({
    queries: ids.map((id) => videoQuery(id)),
    combine: (results) =>
      new Map(
        results.map(({ data, error }, index): [string, ClipVideo] => [
          ids[index] ?? "",
          { video: data?.video, trouble: troubleOf(data?.video, error) },
        ]),
      ),
  });
}

/** Returns the titles of videos, by id. */
export function namesOf(videos: ReadonlyMap<string, ClipVideo>): Map<string, string> {
  const known = [...videos].flatMap(([id, { video }]) => (video ? [[id, video.title ?? video.name] as const] : []));
  return new Map(known);
}

function troubleOf(video: VideoDetail | undefined, error: Error | null): string | null {
  if (error) {
    const isGone = error instanceof ApiError && error.status === NOT_FOUND;
    return isGone ? "This video is no longer in the library. Remove the clip." : error.message;
  }
  if (video?.status === "missing") return "The file is missing. Is its disk connected?";
  return video && video.status !== "ok" ? (video.reason ?? "This file cannot be used.") : null;
}
