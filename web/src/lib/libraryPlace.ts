import type { VideoQuery } from "@/api/types";

/** The last position in the library, or in a collection, in this tab, for the way back and to adjacent videos. */

export interface LibraryPlace {
  /** The address of the list. */
  href: string;
  /** The query of the list. */
  query: VideoQuery;
  /** The positions in the list of the videos that were opened, by id. */
  indexes: Readonly<Record<string, number>>;
}

const KEY = "stoat-ferret.library-place";

export function rememberLibrary(place: LibraryPlace): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // Forbidden: the way back then leads to the start of the library.
  }
}

/** Null if people did not come from the library. */
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
    /^\/($|\?|collections\/)/.test(place.href) &&
    isObject(place.query) &&
    isObject(place.indexes)
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
