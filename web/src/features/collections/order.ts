/** A row that is being moved, or was moved and is not stored yet: its place before and after. */
export interface Moved {
  id: string;
  from: number;
  to: number;
}

/** Returns the index in the stored list of the row that is shown at `index`. */
export function sourceOf(index: number, moved: Moved | null): number {
  if (!moved) return index;
  const { from, to } = moved;
  if (index === to) return from;
  if (from < index + 1 && index < to) return index + 1;
  if (to < index && index <= from) return index - 1;
  return index;
}

/** Returns the index at which the row at `index` of the stored list is shown: the inverse of `sourceOf`. */
export function placeOf(index: number, moved: Moved | null): number {
  if (!moved) return index;
  return sourceOf(index, { ...moved, from: moved.to, to: moved.from });
}

/** Returns `value`, or the limit that it exceeds. */
export function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
