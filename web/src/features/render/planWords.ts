import { ApiError } from "@/api/problem";
import { messageWords, pathOf } from "@/features/render/fields/faults";
import type { PlannedOutput, RenderPlan } from "@/api/renders";
import { formatCounted, formatDuration, formatFrameRate, formatSize } from "@/lib/format";

const codecs: Readonly<Record<string, string>> = {
  h264: "H.264",
  hevc: "HEVC (H.265)",
  av1: "AV1",
  vp9: "VP9",
  prores: "ProRes",
  aac: "AAC",
  opus: "Opus",
  flac: "FLAC",
  mp3: "MP3",
  pcm_s24le: "PCM, 24-bit",
  pcm_s16le: "PCM, 16-bit",
  png: "PNG",
  mjpeg: "JPEG",
  gif: "GIF",
  webp: "WebP",
};

/** The labels of list items. */
const things: Readonly<Record<string, string>> = {
  clips: "Clip",
  audio: "Background audio",
  texts: "Text",
  images: "Image",
};

/** About a name that is a pattern. */
export const PLACEHOLDERS = "{number}, {video}, {start}, {end} and {preset} are filled in.";

/** The code of a refusal, whose sentence needs no label. */
const REFUSED = "refused";

export interface PlanFact {
  name: string;
  value: string;
}

/** Returns the properties of the output; those in common if it has several files. */
export function factsOf(plan: RenderPlan): PlanFact[] {
  const each = plan.outputs.length > 1 ? " each" : "";
  const [first = [], ...others] = plan.outputs.map((output) => factsOfOutput(output, each));
  const isCommon = (fact: PlanFact) =>
    others.every((facts) => facts.some((one) => one.name === fact.name && one.value === fact.value));
  return first.filter(isCommon);
}

function factsOfOutput(output: PlannedOutput, each: string): PlanFact[] {
  const facts: (PlanFact | null)[] = [
    output.duration_seconds === null ? null : { name: "Duration", value: lengthOf(output, output.duration_seconds) + each },
    output.width && output.height ? { name: "Resolution", value: `${output.width} × ${output.height}` } : null,
    output.frame_rate && isMoving(output) ? { name: "Frame rate", value: formatFrameRate(output.frame_rate) } : null,
    output.video_codec ? { name: "Video", value: codecName(output.video_codec) } : null,
    { name: "Audio", value: soundOf(output) },
    output.subtitle_streams > 0
      ? { name: "Subtitles", value: formatCounted(output.subtitle_streams, "stream") }
      : null,
  ];
  return facts.filter((fact) => fact !== null).filter((fact) => fact.value !== "");
}

/** Returns the file names: all, or the first and the last of many. */
export function filesOf(plan: RenderPlan): string[] {
  const names = plan.outputs.map((output) => output.name);
  if (names.length <= 3) return names;
  return [names[0] ?? "", `… ${formatCounted(names.length - 2, "more file")}`, names.at(-1) ?? ""];
}

/** Returns the expected size of a plan, and how it is known; the server may fail to measure it in time. */
export function sizeWords(plan: RenderPlan, measured: RenderPlan | undefined, hasFailed: boolean): string {
  const isMeasured = measured !== undefined && measured.estimated_bytes !== plan.estimated_bytes;
  const size = formatSize((measured ?? plan).estimated_bytes);
  if (isMeasured) return `about ${size} (measured)`;
  return `about ${size} (estimate${measured || hasFailed ? ", could not be measured" : ""})`;
}

/** Replaces the ids of videos in a sentence with their names. */
export function withNames(sentence: string, names: ReadonlyMap<string, string>): string {
  let words = sentence;
  for (const [id, name] of names) words = words.replaceAll(`Video ${id}`, `“${name}”`).replaceAll(`video ${id}`, `“${name}”`);
  return words;
}

/** Returns the server's objections to a request, with the names of the fields. */
export function faultWords(error: Error): string {
  const faults = error instanceof ApiError ? error.problem?.errors : null;
  if (!faults?.length) return error.message;
  return faults
    .map(({ location, message, code }) => {
      const words = messageWords(message);
      const place = code === REFUSED ? "" : placeWords(pathOf(location));
      return place ? `${place}: ${words.charAt(0).toLowerCase()}${words.slice(1)}.` : `${words}.`;
    })
    .join(" ");
}

/** Converts `clips.0.crop.width` to "Clip 1, crop width". */
function placeWords(path: string): string {
  const [, list = "", number = "", field = ""] = /^(?:options\.)?([a-z]+)\.(\d+)\.?(.*)$/.exec(path) ?? [];
  const known = things[list];
  if (known === undefined) return sentenceCase(path.replace(/^options\./, ""));
  const words = field
    .replace(/^effects\.(\d+)/, (_, place: string) => `effect ${Number(place) + 1}`)
    .replaceAll(/[._]/g, " ");
  return [`${known} ${Number(number) + 1}`, words].filter((part) => part !== "").join(", ");
}

function sentenceCase(path: string): string {
  const words = path.replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function codecName(codec: string): string {
  return codecs[codec] ?? codec;
}

function lengthOf(output: PlannedOutput, seconds: number): string {
  const exact = seconds < 60 ? `${seconds.toFixed(3)} s` : formatDuration(seconds);
  return output.frames === null ? exact : `${exact} · ${formatCounted(output.frames, "frame")}`;
}

function soundOf(output: PlannedOutput): string {
  if (output.kind === "image" || output.kind === "animation") return "";
  if (output.audio_streams === 0 || output.audio_codec === null) return "None";
  const streams = output.audio_streams > 1 ? `, ${formatCounted(output.audio_streams, "stream")}` : "";
  return codecName(output.audio_codec) + streams;
}

function isMoving(output: PlannedOutput): boolean {
  return output.kind === "video" || output.kind === "animation";
}
