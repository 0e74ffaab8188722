/** The place in the list of the video that was opened last, and in which list. */
let place: { list: string; index: number } = { list: "", index: 0 };

export function rememberPlace(index: number): void {
  place = { list: window.location.search, index };
}

/** Where the Tab key shall lead in the list that the address names now. */
export function placeToReturnTo(): number {
  return place.list === window.location.search ? place.index : 0;
}
