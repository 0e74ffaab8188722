import { Anchor, Button, Group, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { runsQuery, type Rule } from "@/api/rules";
import { QueryFailure } from "@/components/ui/QueryFailure";
import { Deliveries } from "@/features/rules/Deliveries";
import { runLabels } from "@/features/rules/ruleWords";
import { formatDateTime } from "@/lib/format";

const choices = [
  { value: "all", label: "All" },
  { value: "failed", label: "Failed" },
];

/** The videos that a rule ran on, newest first, and the calls of its webhook. */
export function RuleHistory({ rule }: { rule: Rule }) {
  const [choice, setChoice] = useState("all");
  const { done, failed, running, waiting } = rule.runs;
  // Grows with each step of a run, so that the list follows the counts above it.
  const changes = 3 * (done + failed) + 2 * running + waiting;
  const runs = useInfiniteQuery(runsQuery(rule.id, choice === "failed" ? "failed" : null, changes));
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          Videos
        </Text>
        <SegmentedControl size="xs" aria-label="Which videos" data={choices} value={choice} onChange={setChoice} />
      </Group>
      {runs.isError && <QueryFailure title="Could not load the history" error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isPending && <Skeleton height={40} />}
      {runs.isSuccess && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {choice === "failed" ? "No video failed." : "It has not run yet."}
        </Text>
      )}
      <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: "none" }}>
        {items.map((run) => (
          <Text key={`${run.video_id} ${run.changed_at}`} component="li" size="sm" style={{ overflowWrap: "anywhere" }}>
            {run.name === null ? (
              "A removed video"
            ) : (
              <Anchor component={Link} to={`/videos/${run.video_id}`}>
                {run.name}
              </Anchor>
            )}
            {` · ${runLabels[run.state]} · ${formatDateTime(run.changed_at)}`}
            {run.error && <Text span size="sm" c="var(--mantine-color-error)" display="block">{run.error}</Text>}
          </Text>
        ))}
      </Stack>
      {runs.hasNextPage && (
        <Button variant="default" size="xs" loading={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
          Show more
        </Button>
      )}
      {rule.actions.webhook && <Deliveries rule={rule} />}
    </Stack>
  );
}
