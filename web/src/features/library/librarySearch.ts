import type { HdrKind, HeightClass, SortKey, SortOrder, VideoQuery, VideoStatus } from "@/api/types";
import { orderOf, SORT_KEYS, SORT_ORDERS } from "@/features/library/listOrder";
import { heightClassLabels } from "@/lib/format";
import { keysOf } from "@/lib/keysOf";
import type { PlainSearch } from "@/lib/searchParams";
import { statusLabels } from "@/lib/videoStatus";

const hdrKinds: Readonly<Record<HdrKind, true>> = { HDR10: true, "HDR10+": true, HLG: true, "Dolby Vision": true };

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
  codec?: string;
  height_class?: HeightClass;
  hdr?: HdrKind;
  tag?: string[];
  min_rating?: number;
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
  const tags = [...new Set(all("tag").filter((tag) => tag.trim() && tag.length <= 200))];
  return withoutGaps({
    q: text("q", 500),
    status: statuses,
    root: text("root", 255),
    folder: text("folder", 4096)?.replace(/^\/+|\/+$/g, ""),
    codec: text("codec", 50),
    height_class: oneOf(HEIGHT_CLASSES, all("height_class").at(-1)),
    hdr: oneOf(HDR_KINDS, all("hdr").at(-1)),
    tag: tags.slice(0, 20),
    min_rating: rating === undefined ? undefined : Math.floor(rating),
    min_duration: number("min_duration", 0, 1e9),
    max_duration: number("max_duration", 0, 1e9),
    sort: oneOf(SORT_KEYS, all("sort").at(-1)),
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
  return { ...filtersOf(search), ...orderOf(search) };
}
