import { useIsMutating, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { ApiError, NOT_FOUND } from "@/api/problem";
import { videoKeys, videoQuery } from "@/api/videos";
import { VideoGone } from "@/features/video/VideoGone";
import { VideoProblem } from "@/features/video/VideoProblem";
import { VideoSkeleton } from "@/features/video/VideoSkeleton";
import { VideoView } from "@/features/video/VideoView";

/** The page of a video, its skeleton, or an error. */
export function VideoPage() {
  const { videoId } = useParams({ from: "/videos/$videoId" });
  const { data, error, refetch, isFetching } = useQuery(videoQuery(videoId));
  // Removing it here leaves the page, with a notice.
  const isLeaving = useIsMutating({ mutationKey: videoKeys.forget(videoId) }) > 0;
  const isGone = error instanceof ApiError && error.status === NOT_FOUND && !isLeaving;
  if (data && isGone) return <VideoGone video={data.video} />;
  if (data) return <VideoView key={videoId} video={data.video} />;
  if (error) return <VideoProblem error={error} retrying={isFetching} onRetry={() => void refetch()} />;
  return <VideoSkeleton />;
}
