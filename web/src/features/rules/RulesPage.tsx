import { Button, Center, Container, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconBolt, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { rulesQuery, type Rule } from "@/api/rules";
import { QueryFailure } from "@/components/ui/QueryFailure";
import { RuleCard } from "@/features/rules/RuleCard";
import { RuleForm } from "@/features/rules/RuleForm";

/** All rules: what each does and did, and a form to make or change one. */
export function RulesPage() {
  const rules = useQuery(rulesQuery);
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  return (
    <Container size="md" py="md" px="md">
      <Group justify="space-between" mb="md" gap="sm">
        <Title order={1} size="h2">
          Rules
        </Title>
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEdited("new")}>
          New rule
        </Button>
      </Group>
      {rules.isError && (
        <QueryFailure title="Could not load rules" error={rules.error} onRetry={() => void rules.refetch()} />
      )}
      {rules.isPending && <Skeleton height={112} aria-busy aria-label="Loading rules" role="status" />}
      {rules.data?.length === 0 && <NoRules />}
      {rules.data && rules.data.length > 0 && (
        <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
          {rules.data.map((rule) => (
            <RuleCard key={rule.id} rule={rule} onEdit={() => setEdited(rule)} />
          ))}
        </Stack>
      )}
      {edited !== null && <RuleForm rule={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </Container>
  );
}

function NoRules() {
  return (
    <Center py="xl">
      <Stack align="center" gap="sm" maw={420}>
        <IconBolt size={40} stroke={1.3} aria-hidden color="var(--mantine-color-dimmed)" />
        <Text fw={600}>No rules yet</Text>
        <Text size="sm" c="dimmed" ta="center">
          A rule creates preview thumbnails, renders, tags or calls a webhook when a video is added, changes, cannot be
          read or begins to match a search.
        </Text>
      </Stack>
    </Center>
  );
}
