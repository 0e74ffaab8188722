import type { PlainSearch } from "@/lib/searchParams";

/** What the address of the library says: filters, sort and view. */
export interface LibrarySearch {
  q?: string;
}

export function parseLibrarySearch(search: PlainSearch): LibrarySearch {
  return typeof search["q"] === "string" ? { q: search["q"] } : {};
}
