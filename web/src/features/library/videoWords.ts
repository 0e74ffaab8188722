import type { Video } from "@/api/types";
import { formatDuration, formatPercent, formatResolution } from "@/lib/format";
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
    video.favourite ? "favourite" : null,
    video.rating === null ? null : `rated ${video.rating} of 5`,
    watchWords(video),
    video.status === "ok" ? null : statusLabels[video.status].toLowerCase(),
    video.reason,
  ];
  return parts.filter(Boolean).join(", ");
}

function watchWords({ watched, position_seconds: seconds, duration_seconds: duration }: Video): string | null {
  if (seconds > 0 && duration) return `${formatPercent(Math.min(seconds / duration, 1))} watched`;
  return watched ? "watched" : null;
}
