import type { VideoQuery } from "@/api/types";

/** Where in the library people were last in this tab, for the way back and to the neighbours. */

export interface LibraryPlace {
  /** The address of the list. */
  href: string;
  /** The same for the server. */
  query: VideoQuery;
  /** How many videos of the list come before those that were opened, by their ids. */
  indexes: Readonly<Record<string, number>>;
}

const KEY = "stoat-ferret.library-place";

export function rememberLibrary(place: LibraryPlace): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // Forbidden: then the way back leads to the beginning.
  }
}

/** Null where people did not come from the library. */
export function libraryPlace(): LibraryPlace | null {
  try {
    const place: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isPlace(place) ? place : null;
  } catch {
    return null;
  }
}

/** The address to go back to. */
export function libraryHref(): string {
  return libraryPlace()?.href ?? "/";
}

function isPlace(value: unknown): value is LibraryPlace {
  if (typeof value !== "object" || value === null) return false;
  const place = value as Partial<Record<keyof LibraryPlace, unknown>>;
  return (
    typeof place.href === "string" &&
    /^\/($|\?)/.test(place.href) &&
    isObject(place.query) &&
    isObject(place.indexes)
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
