import { Anchor, Button, Group, Paper, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useId } from "react";

import type { DuplicateGroup } from "@/api/duplicates";
import { groupTitle } from "@/features/duplicates/duplicateWords";
import { formatCount, formatDateTime } from "@/lib/format";

import classes from "@/features/duplicates/DuplicatesPage.module.css";

interface ResolvedGroupCardProps {
  group: DuplicateGroup;
  isSaving: boolean;
  onReopen: () => void;
}

/** A resolved group, which can be listed among the others again. */
export function ResolvedGroupCard({ group, isSaving, onReopen }: ResolvedGroupCardProps) {
  const id = useId();
  const more = group.copies - group.videos.length;
  return (
    <Paper withBorder p="md" component="article" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start">
        <div className={classes["resolved"]}>
          <Title order={2} size="h5" id={id}>
            {groupTitle(group)}
          </Title>
          <Text size="sm" c="dimmed">
            Resolved {formatDateTime(group.resolved_at)}
          </Text>
          <ul className={classes["paths"]}>
            {group.videos.map((copy) => (
              <li key={copy.id}>
                <Anchor
                  size="sm"
                  underline="always"
                  className={classes["path"]}
                  renderRoot={(props) => <Link to="/videos/$videoId" params={{ videoId: copy.id }} {...props} />}
                >
                  {`${copy.root}/${copy.path}`}
                </Anchor>
              </li>
            ))}
            {more > 0 && <li>And {formatCount(more)} more.</li>}
          </ul>
        </div>
        <Button variant="default" mih={{ base: 44, sm: 36 }} loading={isSaving} onClick={onReopen}>
          Reopen
        </Button>
      </Group>
    </Paper>
  );
}
