import { Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Rule } from "@/api/rules";
import { givenOf, searchesQuery } from "@/api/searches";
import type { RuleDraft, VideoChoice } from "@/features/rules/ruleDraft";

interface VideoFieldsProps {
  draft: RuleDraft;
  rule: Rule | null;
  onChange: (part: Partial<RuleDraft>) => void;
}

const choices: { value: VideoChoice; label: string }[] = [
  { value: "all", label: "All videos" },
  { value: "search", label: "Videos of a saved search" },
  { value: "filter", label: "Videos by words or folder" },
];
const SHOWN_FILTERS: ReadonlySet<string> = new Set(["q", "folder", "status", "subfolders"]);

/** Fields for the videos that a rule concerns. */
export function VideoFields({ draft, rule, onChange }: VideoFieldsProps) {
  const { data: searches = [] } = useQuery(searchesQuery);
  const others = Object.keys(rule?.filter ? givenOf(rule.filter as Parameters<typeof givenOf>[0]) : {}).filter(
    (name) => !SHOWN_FILTERS.has(name),
  );
  return (
    <Stack gap="sm">
      <Select
        label="Which videos"
        data={choices}
        value={draft.videos}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(videos) => videos && onChange({ videos })}
      />
      {draft.videos === "search" && (
        <Select
          label="Saved search"
          data={searches.map((search) => ({ value: String(search.id), label: search.name }))}
          value={draft.searchId === null ? null : String(draft.searchId)}
          placeholder={searches.length === 0 ? "Save one in the library first" : "Choose one"}
          comboboxProps={{ withinPortal: false }}
          onChange={(id) => onChange({ searchId: id === null ? null : Number(id) })}
        />
      )}
      {draft.videos === "filter" && (
        <>
          <TextInput
            label="Words"
            placeholder="In path, name, title or tags"
            value={draft.words}
            onChange={(event) => onChange({ words: event.currentTarget.value })}
          />
          <TextInput
            label="Folder"
            placeholder="Relative to its library folder, such as camera/2026"
            value={draft.folder}
            onChange={(event) => onChange({ folder: event.currentTarget.value })}
          />
          {others.length > 0 && (
            <Text size="sm" c="dimmed">
              Its other filters stay: {others.join(", ")}.
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}
