import type { MonthCount } from "@/api/types";

/** A month of a list. */
export interface MonthMark {
  /** "May 2024". */
  label: string;
  year: string;
  count: number;
  /** The index of its first video in the list. */
  start: number;
}

const months = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

/** Returns the months of a list, in its order. */
export function marksOf(counts: readonly MonthCount[]): MonthMark[] {
  let start = 0;
  return counts.map(({ month, count }) => {
    const mark = {
      label: month === null ? "Date unknown" : months.format(new Date(`${month}-01T00:00:00Z`)),
      year: month?.slice(0, 4) ?? "",
      count,
      start,
    };
    start += count;
    return mark;
  });
}

/** Returns the place of the month of the video at an index. */
export function placeOf(marks: readonly MonthMark[], index: number): number {
  return Math.max(
    0,
    marks.findLastIndex((mark) => mark.start <= index),
  );
}

/** Returns the places of the months to label with their year: the first of each, if there is room. */
export function yearPlaces(marks: readonly MonthMark[], room: number): number[] {
  const least = (marks.length - 1) / room;
  const places: number[] = [];
  marks.forEach(({ year }, place) => {
    const last = places.at(-1);
    if (year === "" || year === marks[place - 1]?.year) return;
    if (last === undefined || place - last >= least) places.push(place);
  });
  return places;
}
