import type { VideoDetail } from "@/api/types";

/** Returns whether this browser plays the original file, as far as it is known without trying. */
export function canPlay(video: VideoDetail): boolean {
  const { playable, status } = video;
  if (status === "missing" || playable === null) return false;
  if (playable.as_is !== null) return playable.as_is;
  if (playable.mime_type === null) return false;
  return document.createElement("video").canPlayType(playable.mime_type) !== "";
}

/** Returns a sentence about why it cannot be played. */
export function whyNot(video: VideoDetail): string {
  if (video.status === "missing") return "The last scan did not find this file. Is its disk connected?";
  if (video.playable?.reason) return video.playable.reason;
  if (video.reason) return video.reason;
  if (video.playable === null) return "The contents of this file are unknown.";
  return "Your browser does not report support for this format.";
}
