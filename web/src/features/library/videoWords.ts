import type { Video } from "@/api/types";
import { formatDuration, formatResolution } from "@/lib/format";
import { shownName } from "@/lib/shownName";
import { statusLabels } from "@/lib/videoStatus";

/** Returns the title of a video, or its file name. */
export function nameOf(video: Video): string {
  return shownName(video.title ?? video.name);
}

/** Describes a video in a few words, for screen readers. */
export function describeVideo(video: Video): string {
  const parts = [
    nameOf(video),
    video.duration_seconds === null ? null : formatDuration(video.duration_seconds),
    formatResolution(video.width, video.height),
    video.hdr,
    video.rating === null ? null : `rated ${video.rating} of 5`,
    video.status === "ok" ? null : statusLabels[video.status].toLowerCase(),
    video.reason,
  ];
  return parts.filter(Boolean).join(", ");
}
