import { Anchor, Badge, Button, Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { IconFolder, IconFolderOff, IconFolderSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { RootFacts } from "@/api/system";
import type { Root } from "@/api/types";
import { useDialogs } from "@/lib/dialogs";
import { formatCount, formatCounted, formatSize } from "@/lib/format";
import { statusLabels } from "@/lib/videoStatus";

import { RemoveFolder } from "@/features/settings/RemoveFolder";
import { WatchLine } from "@/features/settings/WatchLine";

import classes from "@/features/settings/RootCard.module.css";

interface RootCardProps {
  root: RootFacts;
  /** Whether it may be removed; undefined until that is known. */
  known: Root | undefined;
}

/** A library folder with its videos, its disk and its watching. */
export function RootCard({ root, known }: RootCardProps) {
  const { openScan } = useDialogs();
  const Icon = root.available ? IconFolder : IconFolderOff;
  return (
    <Paper withBorder p="md" component="article" aria-label={`Library folder ${root.name}`}>
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
          {known?.fixed_by && (
            <Text size="xs" c="dimmed">
              Set by {known.fixed_by}
            </Text>
          )}
        </div>
        <Group gap="xs">
          <Button
            variant="default"
            size="xs"
            mih={{ base: 44, sm: 30 }}
            leftSection={<IconFolderSearch size={16} aria-hidden />}
            aria-label={`Scan ${root.name}`}
            disabled={!root.available}
            onClick={() => openScan(root.path)}
          >
            Scan
          </Button>
          {known?.fixed_by === null && <RemoveFolder name={root.name} path={root.path} />}
        </Group>
      </div>
      <Stack gap="xs" mt="sm">
        {root.available ? <Space space={root.space} /> : <Absent />}
        <Counts root={root.name} counts={root.videos} />
        <WatchLine watch={root.watch} />
      </Stack>
    </Paper>
  );
}

function Absent() {
  return (
    <Text size="sm">
      This folder is not available. Connect and mount its disk, or correct the setting. Its videos stay
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
        aria-label="Disk usage"
        color={space.free_bytes < space.total_bytes / 20 ? "orange" : "cyan"}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {formatSize(space.free_bytes)} of {formatSize(space.total_bytes)} free
      </Text>
    </div>
  );
}

/** The counts by status, each with a link to the library. */
function Counts({ root, counts }: { root: string; counts: RootFacts["videos"] }) {
  if (!counts) {
    return (
      <Text size="sm" c="dimmed">
        Counting videos…
      </Text>
    );
  }
  const others = (["bad", "missing", "skipped"] as const).filter((status) => counts[status] > 0);
  return (
    <Group gap="md">
      <Found search={{ root }}>{formatCounted(counts.ok, "video")}</Found>
      {others.map((status) => (
        <Found key={status} search={{ root, status: [status] }}>
          {formatCount(counts[status])} {statusLabels[status].toLowerCase()}
        </Found>
      ))}
    </Group>
  );
}

interface FoundProps {
  search: { root: string; status?: ("bad" | "missing" | "skipped")[] };
  children: ReactNode;
}

function Found({ search, children }: FoundProps) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/" search={search} {...props} />}>
      {children}
    </Anchor>
  );
}
