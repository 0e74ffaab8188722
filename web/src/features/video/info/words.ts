/** Labels for the media info of a file. */

import { NOTHING } from "@/lib/format";

const codecs: Readonly<Record<string, string>> = {
  h264: "H.264 (AVC)",
  hevc: "H.265 (HEVC)",
  av1: "AV1",
  vp8: "VP8",
  vp9: "VP9",
  mpeg1video: "MPEG-1",
  mpeg2video: "MPEG-2",
  mpeg4: "MPEG-4 Part 2",
  h263: "H.263",
  flv1: "Sorenson Spark (FLV1)",
  prores: "ProRes",
  mjpeg: "Motion JPEG",
  theora: "Theora",
  wmv3: "Windows Media Video 9",
  vc1: "VC-1",
  aac: "AAC",
  ac3: "Dolby Digital (AC-3)",
  eac3: "Dolby Digital Plus (E-AC-3)",
  ac4: "Dolby AC-4",
  truehd: "Dolby TrueHD",
  dts: "DTS",
  mp3: "MP3",
  mp2: "MP2",
  opus: "Opus",
  vorbis: "Vorbis",
  flac: "FLAC",
  alac: "Apple Lossless (ALAC)",
  subrip: "SubRip (SRT)",
  ass: "SubStation Alpha (ASS)",
  webvtt: "WebVTT",
  mov_text: "MP4 timed text",
  hdmv_pgs_subtitle: "Blu-ray (PGS)",
  dvd_subtitle: "DVD (VobSub)",
  dvb_subtitle: "DVB",
};

const containers: readonly [part: string, name: string][] = [
  ["mp4", "MP4 (QuickTime)"],
  ["matroska", "Matroska (WebM)"],
  ["mpegts", "MPEG transport stream"],
  ["mpeg", "MPEG program stream"],
  ["avi", "AVI"],
  ["flv", "Flash video"],
  ["asf", "Windows Media"],
  ["ogg", "Ogg"],
];

const fieldOrders: Readonly<Record<string, string>> = {
  progressive: "Progressive",
  tt: "Interlaced, top field first",
  bb: "Interlaced, bottom field first",
  tb: "Interlaced, top coded first, bottom displayed first",
  bt: "Interlaced, bottom coded first, top displayed first",
};

const transfers: Readonly<Record<string, string>> = {
  smpte2084: "PQ (SMPTE ST 2084)",
  "arib-std-b67": "HLG (ARIB STD-B67)",
  bt709: "BT.709",
};

export function codecWords(codec: string): string {
  return codecs[codec] ?? codec;
}

/** "MP4 (QuickTime)"; the media info also shows FFmpeg's name. */
export function containerWords(container: string): string {
  return containers.find(([part]) => container.split(",").includes(part))?.[1] ?? container;
}

export function fieldOrderWords(order: string | null | undefined): string {
  return order ? (fieldOrders[order] ?? order) : NOTHING;
}

export function transferWords(transfer: string | null | undefined): string {
  return transfer ? (transfers[transfer] ?? transfer) : NOTHING;
}

/** "4.0": each codec has its own unit of levels. */
export function levelWords(codec: string, level: number | null | undefined): string {
  if (level === null || level === undefined || level <= 0) return NOTHING;
  if (codec === "h264" || codec === "vp9") return (level / 10).toFixed(1);
  if (codec === "hevc") return (level / 30).toFixed(1);
  if (codec === "av1") return `${2 + (level >> 2)}.${level & 3}`;
  return String(level);
}

const languages = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

/** "German (ger)". */
export function languageWords(language: string | null | undefined): string {
  if (!language) return NOTHING;
  try {
    const name = languages.of(language);
    return name && name !== language ? `${name} (${language})` : language;
  } catch {
    return language;
  }
}

export function orNothing(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === "" ? NOTHING : String(value);
}
