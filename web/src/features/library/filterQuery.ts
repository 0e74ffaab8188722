import type { VideoQuery } from "@/api/types";
import type { Filters } from "@/features/library/librarySearch";
import { parseSearch, stringifySearch, type PlainSearch } from "@/lib/searchParams";

/** Returns whether a text is a day as in 2024-05-31. */
export function isDay(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text) || text > "9998") return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.valueOf()) && moment.toISOString().startsWith(text);
}

/** Converts filters of the address to those of the server, which has times instead of days. */
export function filterQuery(filters: Filters): VideoQuery {
  const { added_from, added_to, taken_from, taken_to, ...others } = filters;
  return {
    ...others,
    ...(added_from !== undefined && { added_from: startOf(added_from) }),
    ...(added_to !== undefined && { added_before: startOf(added_to, 1) }),
    ...(taken_from !== undefined && { taken_from: startOf(taken_from) }),
    ...(taken_to !== undefined && { taken_before: startOf(taken_to, 1) }),
  };
}

/** Returns when a day begins in this time zone, or one that is some days later. */
function startOf(day: string, later = 0): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** Converts a query of the server to parameters of the address: the inverse of `filterQuery`. */
export function paramsOf(query: VideoQuery): PlainSearch {
  const { added_from, added_before, taken_from, taken_before, status, ...others } = query;
  // Without a status, an address means readable files.
  const statuses = String(status) === "ok" ? undefined : status;
  const days = {
    added_from: dayOf(added_from),
    added_to: dayOf(added_before, -1),
    taken_from: dayOf(taken_from),
    taken_to: dayOf(taken_before, -1),
  };
  return parseSearch(stringifySearch({ ...others, status: statuses, ...days }));
}

/** Returns the day of a moment in this time zone, or of one that is some milliseconds later. */
function dayOf(moment: string | null | undefined, later = 0): string | undefined {
  if (!moment) return undefined;
  const date = new Date(new Date(moment).valueOf() + later);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}
