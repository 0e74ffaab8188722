import type { AudioStream, MediaInfo, SubtitleStream, VideoStream } from "@/api/types";
import type { Fact } from "@/features/video/info/Facts";
import {
  codecWords,
  containerWords,
  fieldOrderWords,
  languageWords,
  levelWords,
  orNothing,
  transferWords,
} from "@/features/video/info/words";
import { formatBitRate, formatCount, formatDuration, formatFrameRate, formatSize, NOTHING } from "@/lib/format";

/** Every field of `MediaInfo` with a label. */

export function fileFacts(info: MediaInfo): Fact[] {
  const seconds = info.duration_seconds ?? null;
  return [
    { name: "Container", value: withCode(containerWords(info.container), info.container) },
    { name: "Duration", value: seconds === null ? NOTHING : `${formatDuration(seconds)} (${formatCount(seconds)} s)` },
    { name: "Size", value: `${formatSize(info.size_bytes)} (${formatCount(info.size_bytes)} bytes)` },
    { name: "Bit rate", value: formatBitRate(info.bit_rate ?? null) },
  ];
}

export function videoFacts(stream: VideoStream): Fact[] {
  return [
    { name: "Codec", value: withCode(codecWords(stream.codec), stream.codec) },
    { name: "Profile", value: orNothing(stream.profile) },
    { name: "Level", value: levelWords(stream.codec, stream.level) },
    { name: "Display size", value: pixels(stream.width, stream.height) },
    { name: "Coded size", value: pixels(stream.coded_width, stream.coded_height) },
    { name: "Rotation", value: stream.rotation ? `${stream.rotation}° clockwise` : "None" },
    { name: "Frame rate", value: frameRate(stream.frame_rate) },
    { name: "Scan type", value: fieldOrderWords(stream.field_order) },
    { name: "HDR", value: stream.hdr ?? "No" },
    { name: "Bit depth", value: orNothing(stream.bit_depth) },
    { name: "Pixel format", value: orNothing(stream.pixel_format) },
    { name: "Color primaries", value: orNothing(stream.color_primaries) },
    { name: "Color transfer", value: transferWords(stream.color_transfer) },
    { name: "Color space", value: orNothing(stream.color_space) },
    { name: "Language", value: languageWords(stream.language) },
  ];
}

export function audioFacts(stream: AudioStream): Fact[] {
  return [
    { name: "Codec", value: withCode(codecWords(stream.codec), stream.codec) },
    { name: "Channels", value: stream.layout ? `${stream.channels} (${stream.layout})` : orNothing(stream.channels) },
    { name: "Sample rate", value: `${formatCount(stream.sample_rate)} Hz` },
    { name: "Language", value: languageWords(stream.language) },
    { name: "Title", value: orNothing(stream.title) },
  ];
}

export function subtitleFacts(stream: SubtitleStream): Fact[] {
  return [
    { name: "Format", value: withCode(codecWords(stream.codec), stream.codec) },
    { name: "Language", value: languageWords(stream.language) },
    { name: "Title", value: orNothing(stream.title) },
    { name: "Default", value: yesOrNo(stream.default) },
    { name: "Forced", value: yesOrNo(stream.forced) },
  ];
}

/** "29.97 fps (30000/1001)". */
function frameRate(exact: string | null | undefined): string {
  if (!exact) return NOTHING;
  return exact.endsWith("/1") ? formatFrameRate(exact) : `${formatFrameRate(exact)} (${exact})`;
}

function pixels(width: number, height: number): string {
  return width && height ? `${width} × ${height} pixels` : NOTHING;
}

/** Returns a label, followed by FFmpeg's name if that differs. */
function withCode(words: string, code: string): string {
  const letters = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return letters(words) === letters(code) ? words : `${words} – ${code}`;
}

function yesOrNo(value: boolean): string {
  return value ? "Yes" : "No";
}
