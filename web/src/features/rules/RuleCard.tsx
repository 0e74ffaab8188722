import { Alert, Button, Collapse, Group, Paper, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";

import { sentenceOf } from "@/api/problem";
import { presetsQuery } from "@/api/renders";
import { changeRule, ruleKey, type Rule } from "@/api/rules";
import { searchesQuery } from "@/api/searches";
import { DeleteRule } from "@/features/rules/DeleteRule";
import { RuleHistory } from "@/features/rules/RuleHistory";
import { actionWords, runWords, triggerLabels } from "@/features/rules/ruleWords";

/** A rule: what it does, what it did, and a switch that turns it on or off. */
export function RuleCard({ rule, onEdit }: { rule: Rule; onEdit: () => void }) {
  const [opened, history] = useDisclosure(false);
  const titleId = useId();
  const queryClient = useQueryClient();
  const { data: presets } = useQuery(presetsQuery);
  const turn = useMutation({
    mutationFn: (enabled: boolean) => changeRule(rule.id, { enabled }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ruleKey }),
  });
  const presetLabel = (name: string) => presets?.items.find((preset) => preset.name === name)?.title ?? name;
  const shown = turn.isPending ? turn.variables : rule.enabled;
  return (
    <Paper component="li" withBorder p="md" aria-labelledby={titleId}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" gap="sm" align="flex-start">
          <Text id={titleId} fw={600} style={{ overflowWrap: "anywhere" }}>
            {rule.name}
          </Text>
          <Switch
            aria-label={`${rule.name} is on`}
            label={shown ? "On" : "Off"}
            checked={shown}
            onChange={(event) => turn.mutate(event.currentTarget.checked)}
          />
        </Group>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {triggerLabels[rule.when]}
          <SearchName rule={rule} />: {actionWords(rule.actions, presetLabel)}
        </Text>
        {(rule.problem ?? turn.error) && (
          <Alert color="red" variant="light" role="alert" p="xs">
            {rule.problem ?? sentenceOf(turn.error)}
          </Alert>
        )}
        <Group justify="space-between" gap="xs">
          <Text size="xs" c="dimmed">
            {runWords(rule.runs)}
          </Text>
          <Group gap={4}>
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              mih={{ base: 44, sm: 26 }}
              aria-expanded={opened}
              aria-describedby={titleId}
              onClick={history.toggle}
            >
              History
            </Button>
            <DeleteRule rule={rule} describedBy={titleId} />
            <Button
              variant="default"
              size="compact-sm"
              mih={{ base: 44, sm: 26 }}
              aria-describedby={titleId}
              onClick={onEdit}
            >
              Edit
            </Button>
          </Group>
        </Group>
        <Collapse expanded={opened}>{opened && <RuleHistory rule={rule} />}</Collapse>
      </Stack>
    </Paper>
  );
}

function SearchName({ rule }: { rule: Rule }) {
  const { data: searches } = useQuery(searchesQuery);
  if (rule.search_id !== null) {
    const name = searches?.find((search) => search.id === rule.search_id)?.name;
    return <> ({name ?? "a saved search"})</>;
  }
  const parts = [rule.filter?.q, rule.filter?.folder ? `in ${rule.filter.folder}` : null].filter(Boolean);
  return parts.length > 0 ? <> ({parts.join(", ")})</> : rule.filter ? <> (filtered)</> : null;
}
