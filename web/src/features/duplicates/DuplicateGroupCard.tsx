import { Button, Group, Paper, Radio, Text, Title } from "@mantine/core";
import { lazy, Suspense, useId, useState } from "react";

import type { DuplicateGroup } from "@/api/duplicates";
import { CopyCard } from "@/features/duplicates/CopyCard";
import { groupTitle, sameWords } from "@/features/duplicates/duplicateWords";
import { formatCount } from "@/lib/format";

import classes from "@/features/duplicates/DuplicatesPage.module.css";

const CompareDialog = lazy(async () => ({
  default: (await import("@/features/duplicates/CompareDialog")).CompareDialog,
}));

interface DuplicateGroupCardProps {
  group: DuplicateGroup;
  isSaving: boolean;
  /** Keeps one of them, or all as they are. */
  onKeep: (videoId: string | null) => void;
}

/** The copies of a file side by side, with the choice which one to keep. */
export function DuplicateGroupCard({ group, isSaving, onKeep }: DuplicateGroupCardProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [isComparing, setComparing] = useState(false);
  const id = useId();
  const kept = chosen ?? group.suggested;
  const more = group.copies - group.videos.length;
  return (
    <Paper withBorder p="md" component="article" aria-labelledby={id} className={classes["group"]}>
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Title order={2} size="h5" id={id}>
            {groupTitle(group)}
          </Title>
          <Text size="sm" c="dimmed">
            {sameWords(group)}
          </Text>
        </div>
        <Group gap="xs">
          <Button variant="default" mih={{ base: 44, sm: 36 }} onClick={() => setComparing(true)}>
            Compare…
          </Button>
          <Button
            variant="default"
            mih={{ base: 44, sm: 36 }}
            disabled={isSaving}
            title="They are no duplicates, or all are wanted: nothing changes, and the group leaves this list"
            onClick={() => onKeep(null)}
          >
            Keep all
          </Button>
          <Button variant="default" mih={{ base: 44, sm: 36 }} loading={isSaving} onClick={() => onKeep(kept)}>
            Keep the chosen one
          </Button>
        </Group>
      </Group>
      <Radio.Group value={kept} onChange={setChosen} aria-label={`The one to keep of ${groupTitle(group)}`}>
        <div className={classes["copies"]}>
          {group.videos.map((copy) => (
            <CopyCard key={copy.id} copy={copy} isSuggested={copy.id === group.suggested} />
          ))}
        </div>
      </Radio.Group>
      {more > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          And {formatCount(more)} more, which are resolved with these.
        </Text>
      )}
      {isComparing && (
        <Suspense>
          <CompareDialog
            group={group}
            kept={kept}
            onKept={setChosen}
            onKeep={() => onKeep(kept)}
            onKeepAll={() => onKeep(null)}
            onClose={() => setComparing(false)}
          />
        </Suspense>
      )}
    </Paper>
  );
}
