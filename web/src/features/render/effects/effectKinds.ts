import type { components } from "@/api/generated/schema";

/** The effects of a clip, and the fields of their values. */

type Effects = components["schemas"]["Clip"]["effects"][number];
type EffectName = Effects["effect"];
type KeysOf<Name extends EffectName> = Exclude<keyof Extract<Effects, { effect: Name }> & string, "effect">;

/** How a number is shown: `times` is the factor from the request to the display. */
export const units = {
  percent: { suffix: "%", times: 100, words: ", in percent" },
  pixels: { suffix: " px", times: 1, words: ", in pixels" },
  seconds: { suffix: " s", times: 1, words: ", in seconds" },
  decibels: { suffix: " dB", times: 1, words: ", in decibels" },
  none: { suffix: "", times: 1, words: "" },
} as const;

/** The limits, the default (`usual`) and the step of a number are as displayed. */
export type EffectFieldKind<Key extends string = string> = { name: Key | `${Key}.${string}`; label: string } & (
  | { type: "number"; unit: keyof typeof units; min: number; max?: number; step?: number; usual?: number }
  | { type: "choice"; choices: Readonly<Record<string, string>>; usual: string }
  | { type: "color"; usual: string }
  | { type: "file"; placeholder: string; isRequired: boolean }
);

export interface EffectKind<Key extends string = string> {
  label: string;
  group: (typeof effectGroups)[number];
  /** What it does, where its fields do not say it. */
  about?: string;
  /** The values that a new one has. */
  initial?: Readonly<Record<string, unknown>>;
  fields: readonly EffectFieldKind<Key>[];
}

export const effectGroups = ["Color", "Detail", "Time and motion", "Audio"] as const;

/** The server's limit for a clip. */
export const MOST_EFFECTS = 10;

const methods: Readonly<Record<components["schemas"]["Denoise"]["method"], string>> = {
  hqdn3d: "Fast (hqdn3d)",
  nlmeans: "More detail, very slow (nlmeans)",
};

const kinds: { readonly [Name in EffectName]: EffectKind<KeysOf<Name>> } = {
  adjust: {
    label: "Brightness and color",
    group: "Color",
    fields: [
      { type: "number", name: "brightness", label: "Brightness", unit: "percent", min: -100, max: 100, step: 5, usual: 0 },
      { type: "number", name: "contrast", label: "Contrast", unit: "percent", min: 0, max: 300, step: 5, usual: 100 },
      { type: "number", name: "saturation", label: "Saturation", unit: "percent", min: 0, max: 300, step: 5, usual: 100 },
    ],
  },
  lut: {
    label: "Lookup table (LUT)",
    group: "Color",
    initial: { file: { path: "" } },
    fields: [{ type: "file", name: "file", label: "table", placeholder: "looks/film.cube", isRequired: true }],
  },
  vignette: {
    label: "Vignette",
    group: "Color",
    fields: [{ type: "number", name: "strength", label: "Strength", unit: "percent", min: 1, max: 100, step: 5, usual: 40 }],
  },
  "chroma-key": {
    label: "Chroma key (green screen)",
    group: "Color",
    fields: [
      { type: "color", name: "color", label: "Color", usual: "#00ff00" },
      { type: "number", name: "similarity", label: "Similarity", unit: "percent", min: 1, max: 100, usual: 10 },
      { type: "number", name: "blend", label: "Soft edge", unit: "percent", min: 0, max: 100, usual: 5 },
      { type: "color", name: "background_color", label: "Background", usual: "#000000" },
      {
        type: "file",
        name: "background_image",
        label: "background image",
        placeholder: "Background image (optional)",
        isRequired: false,
      },
    ],
  },
  blur: {
    label: "Blur",
    group: "Detail",
    initial: { radius: 5 },
    fields: [{ type: "number", name: "radius", label: "Radius", unit: "pixels", min: 0.1, max: 200 }],
  },
  sharpen: {
    label: "Sharpen",
    group: "Detail",
    fields: [{ type: "number", name: "amount", label: "Amount", unit: "percent", min: 1, max: 500, step: 10, usual: 100 }],
  },
  denoise: {
    label: "Noise reduction (video)",
    group: "Detail",
    fields: [
      { type: "choice", name: "method", label: "Method", choices: methods, usual: "hqdn3d" },
      { type: "number", name: "strength", label: "Strength", unit: "none", min: 1, max: 30, usual: 4 },
    ],
  },
  reverse: {
    label: "Reverse",
    group: "Time and motion",
    about: "Plays video and audio backward. For short clips: the frames are kept in memory.",
    fields: [],
  },
  freeze: {
    label: "Freeze frame",
    group: "Time and motion",
    about: "Holds one frame, silently. The clip gets longer.",
    initial: { at_seconds: 0, seconds: 1 },
    fields: [
      { type: "number", name: "at_seconds", label: "At", unit: "seconds", min: 0, step: 0.5 },
      { type: "number", name: "seconds", label: "Duration", unit: "seconds", min: 0, max: 3600, step: 0.5 },
    ],
  },
  "pan-zoom": {
    label: "Pan and zoom (Ken Burns)",
    group: "Time and motion",
    about: "Moves from one part of the frame to another. 100% is the whole frame.",
    initial: { end: { x: 0.125, y: 0.125, size: 0.75 } },
    fields: [
      { type: "number", name: "start.x", label: "Start, left", unit: "percent", min: 0, max: 95, step: 5, usual: 0 },
      { type: "number", name: "start.y", label: "Start, top", unit: "percent", min: 0, max: 95, step: 5, usual: 0 },
      { type: "number", name: "start.size", label: "Start, size", unit: "percent", min: 5, max: 100, step: 5, usual: 100 },
      { type: "number", name: "end.x", label: "End, left", unit: "percent", min: 0, max: 95, step: 5, usual: 0 },
      { type: "number", name: "end.y", label: "End, top", unit: "percent", min: 0, max: 95, step: 5, usual: 0 },
      { type: "number", name: "end.size", label: "End, size", unit: "percent", min: 5, max: 100, step: 5, usual: 100 },
    ],
  },
  "denoise-audio": {
    label: "Noise reduction (audio)",
    group: "Audio",
    fields: [
      { type: "number", name: "reduction_db", label: "Reduction", unit: "decibels", min: 1, max: 97, usual: 12 },
      { type: "number", name: "noise_floor_db", label: "Noise floor", unit: "decibels", min: -80, max: -20, usual: -50 },
    ],
  },
};

export const effectKinds: ReadonlyMap<string, EffectKind> = new Map(Object.entries<EffectKind>(kinds));
