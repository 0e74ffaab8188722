import type {
  HdrKind,
  HeightClass,
  Orientation,
  SortKey,
  SortOrder,
  VideoQuery,
  VideoStatus,
  WatchedFilter,
} from "@/api/types";
import { filterQuery, isDay } from "@/features/library/filterQuery";
import { orderOf, SORT_KEYS, SORT_ORDERS } from "@/features/library/listOrder";
import { heightClassLabels } from "@/lib/format";
import { keysOf } from "@/lib/keysOf";
import type { PlainSearch } from "@/lib/searchParams";
import { statusLabels } from "@/lib/videoStatus";

const hdrKinds: Readonly<Record<HdrKind, true>> = { HDR10: true, "HDR10+": true, HLG: true, "Dolby Vision": true };

/** The orientations in the order of the filter, with their labels. */
export const orientationLabels: Readonly<Record<Orientation, string>> = {
  landscape: "Landscape",
  portrait: "Portrait",
  square: "Square",
};

export const ORIENTATIONS = keysOf(orientationLabels);
/** The values of the filter by how far videos were watched, with their labels. */
export const watchedLabels: Readonly<Record<WatchedFilter, string>> = {
  no: "Not watched",
  started: "Started",
  yes: "Watched",
};

export const WATCHED_STATES = keysOf(watchedLabels);
export const STATUSES = keysOf(statusLabels);
export const HEIGHT_CLASSES = keysOf(heightClassLabels);
export const HDR_KINDS = keysOf(hdrKinds);

export type View = "grid" | "table";

/** The filters in the address of the library. */
export interface Filters {
  q?: string;
  status?: VideoStatus[];
  root?: string;
  folder?: string;
  /** False: without the videos of subfolders. */
  subfolders?: false;
  /** The id of a collection. */
  collection?: string;
  codec?: string[];
  not_codec?: string[];
  height_class?: HeightClass[];
  orientation?: Orientation[];
  hdr?: HdrKind;
  tag?: string[];
  not_tag?: string[];
  has_tags?: boolean;
  has_rating?: boolean;
  has_sound?: boolean;
  favourite?: boolean;
  /** Days of this time zone as in 2024-05-31, both included. */
  added_from?: string;
  added_to?: string;
  taken_from?: string;
  taken_to?: string;
  min_rating?: number;
  watched?: WatchedFilter;
  /** Seconds. */
  min_duration?: number;
  max_duration?: number;
}

/** The whole address of the library. */
export interface LibrarySearch extends Filters {
  sort?: SortKey;
  order?: SortOrder;
  view?: View;
}

/** Parses the address; invalid values are dropped. */
export function parseLibrarySearch(search: PlainSearch | LibrarySearch): LibrarySearch {
  const given: Readonly<Record<string, unknown>> = { ...search };
  const all = (name: string) => [given[name] ?? []].flat().map(String);
  const text = (name: string, limit: number) => all(name).at(-1)?.trim().slice(0, limit);
  const number = (name: string, least: number, most: number) => {
    const value = Number(all(name).at(-1) ?? "" /* which is 0 */);
    return all(name).at(-1)?.trim() && value >= least && value <= most ? value : undefined;
  };
  const rating = number("min_rating", 1, 5);
  const statuses = STATUSES.filter((one) => all("status").includes(one));
  const several = (name: string, limit: number) =>
    [...new Set(all(name).filter((one) => one.trim() && one.length <= limit))].slice(0, 20);
  const truth = (name: string) => ({ true: true, false: false })[all(name).at(-1) ?? ""];
  const day = (name: string) => all(name).findLast(isDay);
  const collection = text("collection", 36);
  const sort = oneOf(SORT_KEYS, all("sort").at(-1));
  return withoutGaps({
    q: text("q", 500),
    status: statuses,
    root: text("root", 255),
    folder: text("folder", 4096)?.replace(/^\/+|\/+$/g, ""),
    subfolders: all("subfolders").at(-1) === "false" ? (false as const) : undefined,
    collection,
    codec: several("codec", 50),
    not_codec: several("not_codec", 50),
    height_class: HEIGHT_CLASSES.filter((one) => all("height_class").includes(one)),
    orientation: ORIENTATIONS.filter((one) => all("orientation").includes(one)),
    hdr: oneOf(HDR_KINDS, all("hdr").at(-1)),
    tag: several("tag", 200),
    not_tag: several("not_tag", 200),
    has_tags: truth("has_tags"),
    has_rating: truth("has_rating"),
    has_sound: truth("has_sound"),
    favourite: truth("favourite"),
    added_from: day("added_from"),
    added_to: day("added_to"),
    taken_from: day("taken_from"),
    taken_to: day("taken_to"),
    watched: oneOf(WATCHED_STATES, all("watched").at(-1)),
    min_rating: rating === undefined ? undefined : Math.floor(rating),
    min_duration: number("min_duration", 0, 1e9),
    max_duration: number("max_duration", 0, 1e9),
    // Only a collection has an order of its own.
    sort: sort === "position" && !collection ? undefined : sort,
    order: oneOf(SORT_ORDERS, all("order").at(-1)),
    view: oneOf(["grid", "table"] as const, all("view").at(-1)),
  });
}

function oneOf<T extends string>(known: readonly T[], value: string | undefined): T | undefined {
  return known.find((one) => one === value);
}

type Gaps<T> = { [K in keyof T]?: T[K] | undefined };

/** Returns `values` without undefined and empty ones. */
export function withoutGaps<T extends object>(values: Gaps<T>): T {
  const kept = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept) as T;
}

const LOOK: ReadonlySet<string> = new Set<keyof LibrarySearch>(["sort", "order", "view"]);

/** Returns `search` without order and view. */
export function filtersOf(search: LibrarySearch): Filters {
  return Object.fromEntries(Object.entries(search).filter(([name]) => !LOOK.has(name)));
}

/** Returns the names of the active filters. */
export function activeFilters(filters: Filters): (keyof Filters)[] {
  return Object.keys(filtersOf(filters)) as (keyof Filters)[];
}

/** Converts `search` to the server's query. */
export function queryOf(search: LibrarySearch): VideoQuery {
  return { ...filterQuery(filtersOf(search)), ...orderOf(search) };
}
