import type { VideoDetail } from "@/api/types";
import { canPlay } from "@/components/ui/player/canPlay";

/** How a video is played: its file, or converted by the server while it plays. */
export type Way = "direct" | "converted";

/** What to play. */
export interface PlaybackSource {
  way: Way;
  /** The audio track; null for the first one. */
  audio: number | null;
  /** The subtitles that are drawn into the video; null for none. */
  burned: number | null;
}

/** Returns how this browser can play a video; null if it cannot. */
export function wayToPlay(video: VideoDetail): Way | null {
  if (video.stream_url === null) return null;
  if (canPlay(video)) return "direct";
  return isConvertible(video) ? "converted" : null;
}

/** Returns whether the server can convert a video: it must know what to expect, and how long it is. */
export function isConvertible(video: VideoDetail): boolean {
  return video.status === "ok" && !!video.playable && !!video.duration_seconds && !!video.height;
}

/** The types to ask a browser about, by FFmpeg's names of codecs. */
const TYPES = {
  h264: 'video/mp4; codecs="avc1.640028"',
  hevc: 'video/mp4; codecs="hvc1.1.6.L120.B0"',
  av1: 'video/mp4; codecs="av01.0.08M.08"',
  vp9: 'video/mp4; codecs="vp09.00.41.08"',
  aac: 'audio/mp4; codecs="mp4a.40.2"',
  mp3: 'audio/mp4; codecs="mp3"',
  opus: 'audio/mp4; codecs="opus"',
  flac: 'audio/mp4; codecs="flac"',
};

/** Returns the address of the playlist for this browser: what it decodes is not converted. */
export function playlistUrl(videoId: string, { audio, burned }: PlaybackSource): string {
  const query = new URLSearchParams();
  const codecs = Object.entries(TYPES).flatMap(([name, type]) => (decodes(type) ? [name] : []));
  if (codecs.length > 0) query.set("codecs", codecs.join(","));
  if (window.matchMedia("(dynamic-range: high)").matches) query.set("hdr", "true");
  if (audio !== null) query.set("audio", audio.toString());
  if (burned !== null) query.set("subtitles", burned.toString());
  return `/api/v1/videos/${videoId}/hls/index.m3u8?${query.toString()}`;
}

function decodes(type: string): boolean {
  return "MediaSource" in window
    ? MediaSource.isTypeSupported(type)
    : document.createElement("video").canPlayType(type) === "probably";
}
