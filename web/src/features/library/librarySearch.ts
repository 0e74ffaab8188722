import type { VideoQuery, VideoStatus } from "@/api/types";
import type { PlainSearch } from "@/lib/searchParams";

export const STATUSES = ["ok", "bad", "skipped", "missing"] as const;
export const SORTS = ["name", "added", "taken", "modified", "duration", "size", "height"] as const;
export const HEIGHT_CLASSES = ["2160p", "1440p", "1080p", "720p", "480p", "lower"] as const;
export const HDR_KINDS = ["HDR10", "HDR10+", "HLG", "Dolby Vision"] as const;

export type Sort = (typeof SORTS)[number];
export type Order = "asc" | "desc";
export type View = "grid" | "table";

/** Which videos: what the address of the library says, but for their order and look. */
export interface Filters {
  q?: string;
  status?: VideoStatus[];
  root?: string;
  folder?: string;
  codec?: string;
  height_class?: (typeof HEIGHT_CLASSES)[number];
  hdr?: (typeof HDR_KINDS)[number];
  tag?: string[];
  min_rating?: number;
  /** Seconds. */
  min_duration?: number;
  max_duration?: number;
}

/** All that the address of the library says. */
export interface LibrarySearch extends Filters {
  sort?: Sort;
  order?: Order;
  view?: View;
}

/** What `search` holds that makes sense; the rest is as if it were not there. */
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
    sort: oneOf(SORTS, all("sort").at(-1)),
    order: oneOf(["asc", "desc"] as const, all("order").at(-1)),
    view: oneOf(["grid", "table"] as const, all("view").at(-1)),
  });
}

function oneOf<T extends string>(known: readonly T[], value: string | undefined): T | undefined {
  return known.find((one) => one === value);
}

type Gaps<T> = { [K in keyof T]?: T[K] | undefined };

/** `values` without what is undefined or empty. */
export function withoutGaps<T extends object>(values: Gaps<T>): T {
  const kept = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept) as T;
}

const LOOK: ReadonlySet<string> = new Set<keyof LibrarySearch>(["sort", "order", "view"]);

/** `search` without order and look. */
export function filtersOf(search: LibrarySearch): Filters {
  return Object.fromEntries(Object.entries(search).filter(([name]) => !LOOK.has(name)));
}

/** The names of the filters that are set. */
export function activeFilters(filters: Filters): (keyof Filters)[] {
  return Object.keys(filtersOf(filters)) as (keyof Filters)[];
}

/** From the greatest down is what people mean by dates, sizes and lengths. */
export function defaultOrder(sort: Sort): Order {
  return sort === "name" ? "asc" : "desc";
}

/** The order of the list: by name where nothing else is asked for. */
export function orderOf({ sort = "name", order }: LibrarySearch): { sort: Sort; order: Order } {
  return { sort, order: order ?? defaultOrder(sort) };
}

/** `search` as the server takes it. */
export function queryOf(search: LibrarySearch): VideoQuery {
  return { ...filtersOf(search), ...orderOf(search) };
}
