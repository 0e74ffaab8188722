import { parseLibrarySearch, queryOf } from "@/features/library/librarySearch";
import { rememberLibrary } from "@/lib/libraryPlace";
import { parseSearch } from "@/lib/searchParams";

/** The list and the index of the video that was opened last. */
let place: { list: string; index: number } = { list: "", index: 0 };

export function rememberPlace(index: number, videoId: string): void {
  const list = window.location.search;
  place = { list, index };
  const query = queryOf(parseLibrarySearch(parseSearch(list)));
  rememberLibrary({ href: `/${list}`, query, indexes: { [videoId]: index } });
}

/** Returns the index that the Tab key focuses in the current list. */
export function placeToReturnTo(): number {
  return place.list === window.location.search ? place.index : 0;
}
