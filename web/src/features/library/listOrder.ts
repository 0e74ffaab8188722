import type { SortKey, SortOrder } from "@/api/types";
import { keepChoice, keptChoice } from "@/lib/keptChoice";
import { keysOf } from "@/lib/keysOf";

/** The sort keys in the order of the menu, with their labels. */
export const sortLabels: Readonly<Record<SortKey, string>> = {
  added: "Date added",
  taken: "Date recorded",
  modified: "Date modified",
  name: "Name",
  duration: "Duration",
  size: "Size",
  height: "Resolution",
  position: "Collection order",
};

const orders: Readonly<Record<SortOrder, true>> = { asc: true, desc: true };

export const SORT_KEYS = keysOf(sortLabels);
export const SORT_ORDERS = keysOf(orders);

/** Also read by `index.html`, which asks for the first list. */
const KEY = "stoat-library-order";

export interface ListOrder {
  sort: SortKey;
  order: SortOrder;
}

/** Returns the usual order: descending for dates, sizes and durations. */
export function defaultOrder(sort: SortKey): SortOrder {
  return sort === "name" || sort === "position" ? "asc" : "desc";
}

/** Returns the order that was chosen last in this browser, by default the newest first. */
function keptOrder(): ListOrder {
  const [sort, order] = (keptChoice(KEY) ?? "").split(" ");
  const known = SORT_KEYS.find((one) => one === sort && one !== "position") ?? "added";
  return { sort: known, order: SORT_ORDERS.find((one) => one === order) ?? defaultOrder(known) };
}

export function keepOrder({ sort, order }: ListOrder): void {
  if (sort === "position") return; // other lists have no such order
  keepChoice(KEY, `${sort} ${order}`);
}

/** Returns the order of the list: from the address, else of the collection, else the last one in this browser. */
export function orderOf({ sort, order, collection }: Partial<ListOrder> & { collection?: string }): ListOrder {
  if (sort !== undefined) return { sort, order: order ?? defaultOrder(sort) };
  if (collection !== undefined) return { sort: "position", order: order ?? "asc" };
  const kept = keptOrder();
  return { sort: kept.sort, order: order ?? kept.order };
}
