import { Alert, Paper, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import { previewQuery, type Rule } from "@/api/rules";
import { choiceOf, takesExisting, type RuleDraft } from "@/features/rules/ruleDraft";
import { previewWords } from "@/features/rules/ruleWords";
import { formatCounted } from "@/lib/format";

const TYPING_MILLISECONDS = 300;
const SHOWN_VIDEOS = 5;

/** The dry run of a rule: which existing videos it concerns, and what would be done with them. */
export function RulePreview({ draft, rule }: { draft: RuleDraft; rule: Rule | null }) {
  const [choice] = useDebouncedValue(choiceOf(draft, rule), TYPING_MILLISECONDS);
  const { data: preview, error } = useQuery(previewQuery(choice, rule?.id ?? null));
  if (error) {
    return (
      <Alert color="red" variant="light" role="alert">
        {sentenceOf(error)}
      </Alert>
    );
  }
  if (!preview) return null;
  const runs = draft.includesExisting && takesExisting(draft, rule);
  const existing = formatCounted(preview.count, "existing video");
  const left = preview.count - SHOWN_VIDEOS;
  return (
    <Paper withBorder p="sm" role="status" aria-label="Dry run">
      <Stack gap={4}>
        <Text size="sm" fw={600}>
          {runs ? `It will run on ${existing}` : `${existing} ${preview.count === 1 ? "matches and is" : "match and are"} left alone`}
        </Text>
        {preview.videos.slice(0, SHOWN_VIDEOS).map((video) => (
          <Text key={video.id} size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {video.folder}
            {video.name}
          </Text>
        ))}
        {left > 0 && (
          <Text size="sm" c="dimmed">
            and {formatCounted(left, "more video")}
          </Text>
        )}
        {runs && <Text size="sm">{previewWords(preview)}</Text>}
      </Stack>
    </Paper>
  );
}
