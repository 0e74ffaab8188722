import type { Preset, RenderOption } from "@/api/renders";
import { codecName } from "@/features/render/planWords";

const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fit: {
    contain: "Whole picture, with bars",
    cover: "Fill the frame, cut the rest",
    stretch: "Stretch",
  },
  subtitles: { none: "None", keep: "Keep", burn: "Draw into the picture" },
  encoder: { software: "Processor", hardware: "Hardware", auto: "Hardware where there is some" },
  hdr: { auto: "As the preset", keep: "Keep", sdr: "Turn into SDR" },
};

const groups: Readonly<Record<RenderOption["group"], string>> = {
  picture: "Picture",
  sound: "Sound",
  text: "Text and subtitles",
  encoding: "Encoding",
  moments: "Moments",
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
