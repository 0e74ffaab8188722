import type { components } from "@/api/generated/schema";

/** Words or a picture over the picture, as a request says them. */
export type Overlay = Readonly<Record<string, unknown>>;

type Place = components["schemas"]["Place"];

export const places: readonly Place[] = [
  "top-left",
  "top",
  "top-right",
  "left",
  "center",
  "right",
  "bottom-left",
  "bottom",
  "bottom-right",
];

export const TEXT_PLACE: Place = "bottom";
export const IMAGE_PLACE: Place = "top-right";

/** "Top left". */
export function placeWords(place: string): string {
  const words = place.replace("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The overlays in a value of an option. */
export function overlaysOf(value: unknown): Overlay[] {
  return Array.isArray(value) ? value.filter((one): one is Overlay => typeof one === "object" && one !== null) : [];
}

/** `overlay` with something changed; undefined is as it is by itself. */
export function changed(overlay: Overlay, change: Overlay): Overlay {
  return Object.fromEntries(Object.entries({ ...overlay, ...change }).filter(([, value]) => value !== undefined));
}

export function textOf(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}
