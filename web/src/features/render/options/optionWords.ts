import type { Preset, RenderOption } from "@/api/renders";
import { codecName } from "@/features/render/planWords";

const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fit: {
    contain: "Fit, with bars",
    cover: "Fill and crop",
    stretch: "Stretch",
  },
  subtitles: { none: "None", keep: "Keep", burn: "Burn in" },
  encoder: { software: "CPU", hardware: "Hardware", auto: "Hardware if available" },
  hdr: { auto: "Preset default", keep: "Keep", sdr: "Convert to SDR" },
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

/** One of the values of an option, as people call it. */
export function valueWords(option: string, value: string): string {
  const known = values[option]?.[value];
  if (known !== undefined) return known;
  if (option.endsWith("codec")) return codecName(value);
  if (option === "container") return value === "mkv" ? "MKV (Matroska)" : value.toUpperCase();
  return value.charAt(0).toUpperCase() + value.slice(1);
}

/** What counts where nothing is chosen; null where that depends on the videos. */
export function usualValue(option: RenderOption, preset: Preset): string | number | null {
  const value = preset.defaults[option.name] ?? option.default;
  return typeof value === "string" || typeof value === "number" ? value : null;
}
