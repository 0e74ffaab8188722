import { useIsMutating, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { ApiError, NOT_FOUND } from "@/api/problem";
import { videoKeys, videoQuery } from "@/api/videos";
import { VideoGone } from "@/features/video/VideoGone";
import { VideoProblem } from "@/features/video/VideoProblem";
import { VideoSkeleton } from "@/features/video/VideoSkeleton";
import { VideoView } from "@/features/video/VideoView";

/** One video: plays it, tells all that is known of it, and takes what people say about it. */
export function VideoPage() {
  const { videoId } = useParams({ from: "/videos/$videoId" });
  const { data, error, refetch, isFetching } = useQuery(videoQuery(videoId));
  // Who forgets it here is led away, and told there.
  const isLeaving = useIsMutating({ mutationKey: videoKeys.forget(videoId) }) > 0;
  const isGone = error instanceof ApiError && error.status === NOT_FOUND && !isLeaving;
  if (data && isGone) return <VideoGone video={data.video} />;
  if (data) return <VideoView key={videoId} video={data.video} />;
  if (error) return <VideoProblem error={error} retrying={isFetching} onRetry={() => void refetch()} />;
  return <VideoSkeleton />;
}
