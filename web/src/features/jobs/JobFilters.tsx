import { Group, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { jobKindsQuery } from "@/api/jobs";
import { JOB_STATUSES, parseJobsSearch, type JobsSearch } from "@/features/jobs/jobsSearch";
import { kindWords, statusName } from "@/lib/jobWords";

interface JobFiltersProps {
  search: JobsSearch;
  /** Kinds of the jobs there are, of which another version may have run more. */
  kinds: readonly string[];
  onChange: (search: JobsSearch) => void;
}

/** Which jobs are shown, by kind and status. */
export function JobFilters({ search, kinds, onChange }: JobFiltersProps) {
  const { data: known = [] } = useQuery(jobKindsQuery);
  const labels = new Map(known.map((kind) => [kind.name, kind.label]));
  const all = [...new Set([...labels.keys(), ...kinds, ...(search.kind ? [search.kind] : [])])];
  return (
    <Group gap="xs">
      <NativeSelect
        aria-label="Kind"
        value={search.kind ?? ""}
        data={[{ value: "", label: "All kinds" }, ...all.map((kind) => ({ value: kind, label: labels.get(kind) ?? kindWords(kind) }))]}
        onChange={(event) => {
          onChange(parseJobsSearch({ ...search, kind: event.currentTarget.value }));
        }}
      />
      <NativeSelect
        aria-label="Status"
        value={search.status ?? ""}
        data={[
          { value: "", label: "Any status" },
          ...JOB_STATUSES.map((status) => ({ value: status, label: statusName(status) })),
        ]}
        onChange={(event) => {
          onChange(parseJobsSearch({ ...search, status: event.currentTarget.value }));
        }}
      />
    </Group>
  );
}
