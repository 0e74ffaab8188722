import type { Video } from "@/api/types";
import { formatDuration, formatResolution } from "@/lib/format";
import { shownName } from "@/lib/shownName";
import { statusLabels } from "@/lib/videoStatus";

/** What a video is called: by people or by its file, else the file itself. */
export function nameOf(video: Video): string {
  return shownName(video.title ?? video.name);
}

/** A video in a few words, for who cannot see its card. */
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

export const sortWords = {
  name: "Name",
  added: "Date added",
  taken: "Date recorded",
  modified: "Date modified",
  duration: "Duration",
  size: "Size",
  height: "Resolution",
} as const;
