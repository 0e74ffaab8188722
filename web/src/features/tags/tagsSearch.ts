import type { TagSort } from "@/api/tags";
import type { PlainSearch } from "@/lib/searchParams";

/** The search and the order in the address of the page of tags. */
export interface TagsSearch {
  q?: string;
  sort?: TagSort;
}

/** Parses the address; invalid values are dropped. */
export function parseTagsSearch(search: PlainSearch | TagsSearch): TagsSearch {
  const { q, sort } = search;
  return { ...(typeof q === "string" && q && { q }), ...(sort === "count" && { sort }) };
}
