import { parseLibrarySearch, queryOf } from "@/features/library/librarySearch";
import { rememberLibrary } from "@/lib/libraryPlace";
import { parseSearch } from "@/lib/searchParams";

/** The place in the list of the video that was opened last, and in which list. */
let place: { list: string; index: number } = { list: "", index: 0 };

export function rememberPlace(index: number, videoId: string): void {
  const list = window.location.search;
  place = { list, index };
  const query = queryOf(parseLibrarySearch(parseSearch(list)));
  rememberLibrary({ href: `/${list}`, query, indexes: { [videoId]: index } });
}

/** Where the Tab key shall lead in the list that the address names now. */
export function placeToReturnTo(): number {
  return place.list === window.location.search ? place.index : 0;
}
