import { orientationLabels, watchedLabels, type Filters } from "@/features/library/librarySearch";
import { formatDay, formatDuration, heightClassLabels } from "@/lib/format";
import { statusLabels } from "@/lib/videoStatus";

/** A filter as a chip: its label, and the filters without it. */
export interface FilterChip {
  key: string;
  label: string;
  without: { [K in keyof Filters]?: Filters[K] | undefined };
}

/** Returns the chips of the active filters, with the name of the collection; the search text is in its field. */
export function chipsOf(filters: Filters, collectionName?: string): FilterChip[] {
  const { root, folder, collection, hdr, min_rating, watched } = filters;
  const chips: (FilterChip | null)[] = [
    ...several(filters, "status", (one) => statusLabels[one]),
    root === undefined ? null : { key: "root", label: `Library folder: ${root}`, without: { root: undefined } },
    collection === undefined
      ? null
      : {
          key: "collection",
          label: `Collection${collectionName === undefined ? "" : `: ${collectionName}`}`,
          without: { collection: undefined },
        },
    folder === undefined ? null : { key: "folder", label: folder, without: { folder: undefined } },
    ...several(filters, "height_class", (one) => heightClassLabels[one]),
    ...several(filters, "orientation", (one) => orientationLabels[one]),
    hdr === undefined ? null : { key: "hdr", label: hdr, without: { hdr: undefined } },
    ...several(filters, "codec", (one) => one),
    ...several(filters, "not_codec", (one) => `not ${one}`),
    ...several(filters, "tag", (one) => `#${one}`),
    ...several(filters, "not_tag", (one) => `not #${one}`),
    ...(["has_tags", "has_rating", "has_sound", "favourite"] as const).map((name) => presenceChip(filters, name)),
    min_rating === undefined
      ? null
      : { key: "rating", label: ratingWords(min_rating), without: { min_rating: undefined } },
    watched === undefined
      ? null
      : { key: "watched", label: watchedLabels[watched], without: { watched: undefined } },
    durationChip(filters),
    dateChip("added", filters.added_from, filters.added_to, { added_from: undefined, added_to: undefined }),
    dateChip("recorded", filters.taken_from, filters.taken_to, { taken_from: undefined, taken_to: undefined }),
  ];
  return chips.filter((chip) => chip !== null);
}

type ListName = "status" | "height_class" | "orientation" | "codec" | "not_codec" | "tag" | "not_tag";
type Value<N extends ListName> = NonNullable<Filters[N]>[number];

function several<N extends ListName>(filters: Filters, name: N, label: (value: Value<N>) => string): FilterChip[] {
  const values = (filters[name] ?? []) as Value<N>[];
  return values.map((one) => ({
    key: `${name} ${one}`,
    label: label(one),
    without: { [name]: values.filter((other) => other !== one) },
  }));
}

export const presenceWords = {
  has_tags: ["No tags", "With tags"],
  has_rating: ["No rating", "With rating"],
  has_sound: ["No sound", "With sound"],
  favourite: ["Not favourites", "Favourites"],
} as const;

function presenceChip(filters: Filters, name: keyof typeof presenceWords): FilterChip | null {
  const value = filters[name];
  return value === undefined
    ? null
    : { key: name, label: presenceWords[name][value ? 1 : 0], without: { [name]: undefined } };
}

function dateChip(
  word: string,
  from: string | undefined,
  to: string | undefined,
  without: FilterChip["without"],
): FilterChip | null {
  if (from === undefined && to === undefined) return null;
  const label =
    from === undefined
      ? `${word} until ${formatDay(to ?? "")}`
      : to === undefined
        ? `${word} since ${formatDay(from)}`
        : from === to
          ? `${word} ${formatDay(from)}`
          : `${word} ${formatDay(from)} to ${formatDay(to)}`;
  return { key: word, label, without };
}

export function ratingWords(rating: number): string {
  return rating === 5 ? "5 stars" : `${rating} ${rating === 1 ? "star" : "stars"} or more`;
}

function durationChip({ min_duration: least, max_duration: most }: Filters): FilterChip | null {
  if (least === undefined && most === undefined) return null;
  const label =
    least === undefined || least === 0
      ? `up to ${formatDuration(most ?? 0)}`
      : most === undefined
        ? `from ${formatDuration(least)}`
        : `${formatDuration(least)} to ${formatDuration(most)}`;
  return { key: "duration", label, without: { min_duration: undefined, max_duration: undefined } };
}
