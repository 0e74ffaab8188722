import { Badge, Button, Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { IconFolder, IconFolderOff, IconFolderSearch } from "@tabler/icons-react";

import type { RootFacts } from "@/api/system";
import { useDialogs } from "@/lib/dialogs";
import { formatCount, formatCounted, formatSize } from "@/lib/format";

import classes from "@/features/settings/RootCard.module.css";

export function RootCard({ root }: { root: RootFacts }) {
  const { openScan } = useDialogs();
  const Icon = root.available ? IconFolder : IconFolderOff;
  return (
    <Paper withBorder p="md" component="article" aria-label={`Root ${root.name}`}>
      <div className={classes["head"]}>
        <Icon size={22} aria-hidden className={classes["icon"]} />
        <div className={classes["names"]}>
          <Group gap="xs">
            <Text fw={600}>{root.name}</Text>
            {!root.available && (
              <Badge color="orange" variant="light">
                Not available
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" className={classes["path"]}>
            {root.path}
          </Text>
        </div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconFolderSearch size={16} aria-hidden />}
          aria-label={`Scan ${root.name}`}
          disabled={!root.available}
          onClick={() => openScan(root.path)}
        >
          Scan
        </Button>
      </div>
      <Stack gap="xs" mt="sm">
        {root.available ? <Space space={root.space} /> : <Absent />}
        <Counts counts={root.videos} />
      </Stack>
    </Paper>
  );
}

function Absent() {
  return (
    <Text size="sm">
      This folder cannot be read now. Plug in and mount its disk, or correct the setting. Its videos stay
      in the library.
    </Text>
  );
}

function Space({ space }: { space: RootFacts["space"] }) {
  if (!space) return null;
  const used = space.total_bytes - space.free_bytes;
  return (
    <div>
      <Progress
        value={(100 * used) / space.total_bytes}
        size="sm"
        aria-label="How full the disk is"
        color={space.free_bytes < space.total_bytes / 20 ? "orange" : "cyan"}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {formatSize(space.free_bytes)} of {formatSize(space.total_bytes)} free on its disk
      </Text>
    </div>
  );
}

function Counts({ counts }: { counts: RootFacts["videos"] }) {
  if (!counts) {
    return (
      <Text size="sm" c="dimmed">
        Counting videos…
      </Text>
    );
  }
  const others = (["bad", "missing", "skipped"] as const).filter((status) => counts[status] > 0);
  return (
    <Group gap="xs">
      <Text size="sm">{formatCounted(counts.ok, "video")}</Text>
      {others.map((status) => (
        <Text key={status} size="sm" c="dimmed">
          · {formatCount(counts[status])} {status}
        </Text>
      ))}
    </Group>
  );
}
