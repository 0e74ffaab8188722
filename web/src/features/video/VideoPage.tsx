import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { videoQuery } from "@/api/videos";
import { VideoProblem } from "@/features/video/VideoProblem";
import { VideoSkeleton } from "@/features/video/VideoSkeleton";
import { VideoView } from "@/features/video/VideoView";

/** One video: plays it, tells all that is known of it, and takes what people say about it. */
export function VideoPage() {
  const { videoId } = useParams({ from: "/videos/$videoId" });
  const { data, error, refetch, isFetching } = useQuery(videoQuery(videoId));
  if (data) return <VideoView key={videoId} video={data.video} />;
  if (error) return <VideoProblem error={error} retrying={isFetching} onRetry={() => void refetch()} />;
  return <VideoSkeleton />;
}
