import { effectLabel, effectsOf, isNamed } from "@/features/render/effects/effect";
import { formatMoment } from "@/lib/moments";
import { secondsOf } from "@/lib/renderDraft";

/** The fields of a clip in a request beyond its cut. */
export type ClipExtras = Readonly<Record<string, unknown>>;

export interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Returns the crop; null without one. */
export function cropOf(extras: ClipExtras): Crop | null {
  const crop = extras["crop"];
  if (typeof crop !== "object" || crop === null) return null;
  const { x, y, width, height } = crop as Record<string, unknown>;
  const [left, top, wide, high] = [x, y, width, height].map((one) => (typeof one === "number" ? one : 0));
  return { x: left ?? 0, y: top ?? 0, width: wide ?? 0, height: high ?? 0 };
}

/** Returns the largest centered crop with this aspect ratio, in even numbers of pixels. */
export function centeredCrop(width: number, height: number, ratio: number): Crop {
  const [wide, high] = [even(Math.min(width, height * ratio)), even(Math.min(height, width / ratio))];
  return { x: even((width - wide) / 2), y: even((height - high) / 2), width: wide, height: high };
}

/** Returns `extras` with one change; undefined restores a default. */
export function withExtra(extras: ClipExtras, name: string, value: unknown): ClipExtras {
  return Object.fromEntries(Object.entries({ ...extras, [name]: value }).filter(([, one]) => one !== undefined));
}

/** Returns only the cut in `extras`: times in their original form, and the image that is shown. */
export function withoutExtras(extras: ClipExtras): ClipExtras {
  return Object.fromEntries(Object.entries(extras).filter(([name]) => CUT.has(name)));
}

/** Returns the edits of a clip, in a few words each. */
export function changesOf(extras: ClipExtras): string[] {
  const crop = cropOf(extras);
  const stream = numberOf(extras["audio_stream"]);
  const volume = numberOf(extras["volume_db"]) ?? 0;
  const [rotate, speed] = [numberOf(extras["rotate"]) ?? 0, numberOf(extras["speed"]) ?? 1];
  const words = [
    crop && `Cropped to ${crop.width} × ${crop.height}`,
    rotate !== 0 && `Rotated ${rotate}°`,
    speed !== 1 && `${speed}× speed`,
    fadeWords("in", extras["fade_in_seconds"]),
    fadeWords("out", extras["fade_out_seconds"]),
    extras["mute"] === true && "Muted",
    volume !== 0 && `Volume ${signed(volume)} dB`,
    stream !== null && `Audio stream ${stream + 1}`,
    subtitleWords(extras["subtitle_file"]),
    ...effectsOf(extras).map(effectLabel),
    ...Object.keys(extras).filter((name) => !KNOWN.has(name)).map((name) => name.replaceAll("_", " ")),
  ];
  return words.filter((one) => typeof one === "string");
}

export function signed(number: number): string {
  return number < 0 ? `−${Math.abs(number)}` : `+${number}`;
}

const CUT: ReadonlySet<string> = new Set("start_seconds end_seconds transition image seconds".split(" "));
const WORDED =
  "crop rotate speed fade_in_seconds fade_out_seconds mute volume_db audio_stream subtitle_file effects";
const KNOWN: ReadonlySet<string> = new Set([...WORDED.split(" "), ...CUT]);

function fadeWords(direction: "in" | "out", value: unknown): string | null {
  const seconds = secondsOf(value) ?? 0;
  return seconds === 0 ? null : `Fade ${direction} ${formatMoment(seconds)}`;
}

function subtitleWords(file: unknown): string | null {
  return isNamed(file) ? `Subtitles ${String((file as ClipExtras)["path"]).split("/").at(-1)}` : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function even(pixels: number): number {
  return Math.max(0, Math.floor(pixels / 2) * 2);
}
