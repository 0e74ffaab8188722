import { Alert, Button, Skeleton, Stack } from "@mantine/core";

import { sentenceOf } from "@/api/problem";
import type { Facets } from "@/api/types";
import { DateFilter } from "@/features/library/filters/DateFilter";
import { DurationFilter } from "@/features/library/filters/DurationFilter";
import { FacetList, type FacetChoice } from "@/features/library/filters/FacetList";
import { presenceWords } from "@/features/library/filters/filterWords";
import { FolderFilter } from "@/features/library/filters/FolderFilter";
import { RatingFilter } from "@/features/library/filters/RatingFilter";
import { useFacets } from "@/features/library/filters/useFacets";
import {
  filtersOf,
  HDR_KINDS,
  orientationLabels,
  STATUSES,
  WATCHED_STATES,
  watchedLabels,
  type Filters,
} from "@/features/library/librarySearch";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { heightClassLabels } from "@/lib/format";
import { keysOf } from "@/lib/keysOf";
import { statusLabels } from "@/lib/videoStatus";

const WITHOUT = keysOf(presenceWords).filter((name) => name !== "favourite");
const FAVOURITES: readonly FacetChoice[] = [true, false].map((value) => ({
  value: String(value),
  label: presenceWords.favourite[value ? 1 : 0],
  count: null,
}));

type Single = "root" | "hdr";
type Several = "codec" | "height_class" | "orientation";

/** All filters, each with its number of matching videos. */
export function FilterPanel({ address }: { address: LibraryAddress }) {
  const { search, change } = address;
  const { data: facets, error, refetch } = useFacets(filtersOf(search));
  if (error) {
    return (
      <Alert color="red" title="Could not load filters">
        {sentenceOf(error)}
        <Button mt="xs" size="compact-sm" variant="default" onClick={() => void refetch()}>
          Try again
        </Button>
      </Alert>
    );
  }
  if (!facets) return <Skeletons />;

  const single = (title: string, name: Single, known: readonly string[] | null) => (
    <FacetList
      title={title}
      choices={choices(facets[name], search[name] === undefined ? [] : [search[name]], known, {})}
      chosen={search[name] === undefined ? [] : [search[name]]}
      onToggle={(value) => change({ [name]: search[name] === value ? undefined : value })}
    />
  );
  const several = (title: string, name: Several, labels: Readonly<Record<string, string>> | null) => (
    <FacetList
      title={title}
      choices={choices(facets[name], search[name] ?? [], labels && Object.keys(labels), labels ?? {})}
      chosen={search[name] ?? []}
      onToggle={(value) => change({ [name]: toggled<string>(search[name] ?? [], value) })}
      {...(name === "codec" && exclusion(address, "not_codec", "codec"))}
    />
  );
  const missing = WITHOUT.filter((name) => search[name] === false);

  return (
    <Stack gap="lg">
      <FacetList
        title="Status"
        choices={statusChoices(facets, search)}
        chosen={search.status ?? ["ok"]}
        onToggle={(value) => change({ status: toggledStatus(search, value) })}
      />
      {(facets.root.length > 1 || search.root !== undefined) && single("Library folder", "root", null)}
      <FolderFilter folders={facets.folder} folder={search.folder ?? ""} onChange={(folder) => change({ folder })} />
      {several("Resolution", "height_class", heightClassLabels)}
      {several("Orientation", "orientation", orientationLabels)}
      {facets.hdr.some((one) => one.value !== null) && single("HDR", "hdr", HDR_KINDS)}
      {several("Codec", "codec", null)}
      <FacetList
        title="Favourites"
        choices={FAVOURITES}
        chosen={search.favourite === undefined ? [] : [String(search.favourite)]}
        onToggle={(value) => change({ favourite: String(search.favourite) === value ? undefined : value === "true" })}
      />
      <RatingFilter rating={search.min_rating} onChange={(rating) => change({ min_rating: rating })} />
      <FacetList
        title="Watched"
        choices={WATCHED_STATES.map((value) => ({ value, label: watchedLabels[value], count: null }))}
        chosen={search.watched === undefined ? [] : [search.watched]}
        onToggle={(value) => change({ watched: WATCHED_STATES.find((one) => one === value && one !== search.watched) })}
      />
      <DurationFilter
        least={search.min_duration}
        most={search.max_duration}
        onChange={(least, most) => change({ min_duration: least, max_duration: most })}
      />
      <FacetList
        title="Tags"
        choices={tagChoices(facets, search.tag ?? [])}
        chosen={search.tag ?? []}
        onToggle={(value) => change({ tag: toggled(search.tag ?? [], value) })}
        {...exclusion(address, "not_tag", "tag")}
      />
      <FacetList
        title="Without"
        choices={WITHOUT.map((name) => ({ value: name, label: presenceWords[name][0], count: null }))}
        chosen={missing}
        onToggle={(name) => change({ [name]: missing.some((one) => one === name) ? undefined : false })}
      />
      <DateFilter
        title="Date added"
        from={search.added_from}
        to={search.added_to}
        onChange={(from, to) => change({ added_from: from, added_to: to }, { replace: true })}
      />
      <DateFilter
        title="Date recorded"
        from={search.taken_from}
        to={search.taken_to}
        onChange={(from, to) => change({ taken_from: from, taken_to: to }, { replace: true })}
      />
    </Stack>
  );
}

function Skeletons() {
  return (
    <Stack gap="xs" aria-label="Loading filters">
      {Array.from({ length: 10 }, (_, place) => (
        <Skeleton key={place} height={20} width={`${50 + ((place * 37) % 45)}%`} />
      ))}
    </Stack>
  );
}

type Counts = Facets["codec"];

/** Returns the existing values in the order of `known`, and the selected ones even if they match nothing. */
function choices(
  counts: Counts,
  chosen: readonly string[],
  known: readonly string[] | null,
  labels: Readonly<Record<string, string>>,
): FacetChoice[] {
  const found = counts.filter((one): one is { value: string; count: number } => Boolean(one.value));
  for (const value of chosen) {
    if (!found.some((one) => one.value === value)) found.unshift({ value, count: 0 });
  }
  const inOrder = known ? found.sort((a, b) => known.indexOf(a.value) - known.indexOf(b.value)) : found;
  return inOrder.map(({ value, count }) => ({ value, label: labels[value] ?? value, count }));
}

/** Returns the properties that let values be excluded; one that is chosen is not any more then. */
function exclusion({ search, change }: LibraryAddress, name: "not_codec" | "not_tag", opposite: "codec" | "tag") {
  const excluded = search[name] ?? [];
  return {
    excluded,
    onExclude: (value: string) =>
      change({
        [name]: toggled(excluded, value),
        [opposite]: (search[opposite] ?? []).filter((one) => one !== value),
      }),
  };
}

function statusChoices(facets: Facets, search: Filters): FacetChoice[] {
  const counts = new Map(facets.status.map((one) => [one.value, one.count]));
  return STATUSES.filter((one) => one === "ok" || counts.has(one) || search.status?.includes(one)).map(
    (value) => ({ value, label: statusLabels[value], count: counts.get(value) ?? 0 }),
  );
}

function tagChoices(facets: Facets, chosen: readonly string[]): FacetChoice[] {
  const found = facets.tag.flatMap(({ value, count }) => (value ? [{ value, label: value, count }] : []));
  const lost = chosen.filter((tag) => !found.some((one) => one.value === tag));
  return [...lost.map((value) => ({ value, label: value, count: 0 })), ...found];
}

function toggled<T>(values: readonly T[], value: T): T[] {
  return values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
}

/** An address without a status means readable files only. */
function toggledStatus(search: Filters, value: string): Filters["status"] | undefined {
  const next = toggled<string>(search.status ?? ["ok"], value);
  const statuses = STATUSES.filter((one) => next.includes(one));
  return statuses.length === 0 || (statuses.length === 1 && statuses[0] === "ok") ? undefined : statuses;
}
