import { Group, NativeSelect } from "@mantine/core";

import { JOB_STATUSES, parseJobsSearch, type JobsSearch } from "@/features/jobs/jobsSearch";
import { kindWords, statusName } from "@/lib/jobWords";

const KINDS = ["scan", "storyboard", "render"];

interface JobFiltersProps {
  search: JobsSearch;
  /** Kinds of the jobs there are, beside those that are known. */
  kinds: readonly string[];
  onChange: (search: JobsSearch) => void;
}

/** Which jobs are shown, by kind and status. */
export function JobFilters({ search, kinds, onChange }: JobFiltersProps) {
  const all = [...new Set([...KINDS, ...kinds, ...(search.kind ? [search.kind] : [])])];
  return (
    <Group gap="xs">
      <NativeSelect
        aria-label="Kind"
        value={search.kind ?? ""}
        data={[{ value: "", label: "All kinds" }, ...all.map((kind) => ({ value: kind, label: kindWords(kind) }))]}
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
