import { parseLinkMoment } from "@/lib/moments";
import type { PlainSearch } from "@/lib/searchParams";

/** The parameters in the address of a video. */
export interface VideoSearch {
  /** Where to start, as in the link: seconds, or such as "1h2m3s". */
  t?: string;
}

/** Parses the address; invalid values are dropped. */
export function parseVideoSearch(search: PlainSearch | VideoSearch): VideoSearch {
  const t = [search.t ?? []].flat().at(-1);
  return t !== undefined && parseLinkMoment(t) !== null ? { t } : {};
}
