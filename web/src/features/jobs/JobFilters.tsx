import { Group, NativeSelect } from "@mantine/core";

import { parseJobsSearch, type JobsSearch } from "@/features/jobs/jobsSearch";
import { useJobKinds } from "@/lib/jobKinds";
import { jobStatusLabels, kindLabel } from "@/lib/jobWords";

interface JobFiltersProps {
  search: JobsSearch;
  /** The kinds of the listed jobs; another version may have had more kinds. */
  kinds: readonly string[];
  onChange: (search: JobsSearch) => void;
}

/** Filters of the jobs, by kind and status. */
export function JobFilters({ search, kinds, onChange }: JobFiltersProps) {
  const known = useJobKinds();
  const all = [...new Set([...known.keys(), ...kinds, ...(search.kind ? [search.kind] : [])])];
  return (
    <Group gap="xs">
      <NativeSelect
        aria-label="Kind"
        value={search.kind ?? ""}
        data={[{ value: "", label: "All kinds" }, ...all.map((kind) => ({ value: kind, label: kindLabel(kind, known) }))]}
        onChange={(event) => {
          onChange(parseJobsSearch({ ...search, kind: event.currentTarget.value }));
        }}
      />
      <NativeSelect
        aria-label="Status"
        value={search.status ?? ""}
        data={[
          { value: "", label: "Any status" },
          ...Object.entries(jobStatusLabels).map(([value, label]) => ({ value, label })),
        ]}
        onChange={(event) => {
          onChange(parseJobsSearch({ ...search, status: event.currentTarget.value }));
        }}
      />
    </Group>
  );
}
