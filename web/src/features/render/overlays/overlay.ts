import type { components } from "@/api/generated/schema";

/** A text or image overlay in the form of a request. */
export type Overlay = Readonly<Record<string, unknown>>;

type Place = components["schemas"]["Place"];

export const placeLabels: Readonly<Record<Place, string>> = {
  "top-left": "Top left",
  top: "Top",
  "top-right": "Top right",
  left: "Left",
  center: "Center",
  right: "Right",
  "bottom-left": "Bottom left",
  bottom: "Bottom",
  "bottom-right": "Bottom right",
};

export const TEXT_PLACE: Place = "bottom";
export const IMAGE_PLACE: Place = "top-right";

/** Returns the overlays in an option's value. */
export function overlaysOf(value: unknown): Overlay[] {
  return Array.isArray(value) ? value.filter((one): one is Overlay => typeof one === "object" && one !== null) : [];
}

/** Returns `overlay` with a change; undefined restores a default. */
export function changed(overlay: Overlay, change: Overlay): Overlay {
  return Object.fromEntries(Object.entries({ ...overlay, ...change }).filter(([, value]) => value !== undefined));
}

export function textOf(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}
