import type { components } from "@/api/generated/schema";
import type { Preset, RenderOption } from "@/api/renders";
import { codecName } from "@/features/render/planWords";

type Options = components["schemas"]["RenderOptions"];

const fits: Readonly<Record<Options["fit"], string>> = {
  contain: "Fit, with bars",
  cover: "Fill and crop",
  stretch: "Stretch",
};
const subtitles: Readonly<Record<Options["subtitles"], string>> = { none: "None", keep: "Keep", burn: "Burn in" };
const hdr: Readonly<Record<Options["hdr"], string>> = { auto: "Preset default", keep: "Keep", sdr: "Convert to SDR" };
const metadata: Readonly<Record<NonNullable<Options["metadata"]>, string>> = {
  keep: "Keep (dates, places, chapters)",
  none: "None (for privacy)",
};
/** The server also accepts names of encoders. */
const encoder = { software: "CPU", hardware: "Hardware", auto: "Hardware if available" };

const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fit: fits,
  subtitles,
  hdr,
  metadata,
  encoder,
};

const groups: Readonly<Record<RenderOption["group"], string>> = {
  picture: "Video",
  sound: "Audio",
  text: "Text and subtitles",
  encoding: "Encoding",
  moments: "Frames",
};

export function groupWords(group: RenderOption["group"]): string {
  return groups[group];
}

/** Returns the label of an option's value. */
export function valueWords(option: string, value: string): string {
  const known = values[option]?.[value];
  if (known !== undefined) return known;
  if (option.endsWith("codec")) return codecName(value);
  if (option === "container") return value === "mkv" ? "MKV (Matroska)" : value.toUpperCase();
  return value.charAt(0).toUpperCase() + value.slice(1);
}

/** Returns the default of an option; null if it depends on the videos. */
export function usualValue(option: RenderOption, preset: Preset): string | number | null {
  const value = preset.defaults[option.name] ?? option.default;
  return typeof value === "string" || typeof value === "number" ? value : null;
}
