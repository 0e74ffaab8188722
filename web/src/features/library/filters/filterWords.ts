import { watchedLabels, type Filters } from "@/features/library/librarySearch";
import { formatDuration, heightClassLabels } from "@/lib/format";
import { statusLabels } from "@/lib/videoStatus";

/** A filter as a chip: its label, and the filters without it. */
export interface FilterChip {
  key: string;
  label: string;
  without: { [K in keyof Filters]?: Filters[K] | undefined };
}

/** Returns the chips of the active filters; the search text is in its field. */
export function chipsOf(filters: Filters): FilterChip[] {
  const { status = [], root, folder, codec, height_class, hdr, tag = [], min_rating, watched } = filters;
  const chips: (FilterChip | null)[] = [
    ...status.map((one) => ({
      key: `status ${one}`,
      label: statusLabels[one],
      without: { status: status.filter((other) => other !== one) },
    })),
    root === undefined ? null : { key: "root", label: `Library folder: ${root}`, without: { root: undefined } },
    folder === undefined ? null : { key: "folder", label: folder, without: { folder: undefined } },
    height_class === undefined
      ? null
      : { key: "height", label: heightClassLabels[height_class], without: { height_class: undefined } },
    hdr === undefined ? null : { key: "hdr", label: hdr, without: { hdr: undefined } },
    codec === undefined ? null : { key: "codec", label: codec, without: { codec: undefined } },
    ...tag.map((one) => ({
      key: `tag ${one}`,
      label: `#${one}`,
      without: { tag: tag.filter((other) => other !== one) },
    })),
    min_rating === undefined
      ? null
      : { key: "rating", label: ratingWords(min_rating), without: { min_rating: undefined } },
    watched === undefined
      ? null
      : { key: "watched", label: watchedLabels[watched], without: { watched: undefined } },
    durationChip(filters),
  ];
  return chips.filter((chip) => chip !== null);
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
