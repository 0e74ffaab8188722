import { Button, Code, Group, Paper, Skeleton, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery } from "@tanstack/react-query";
import { IconPhotoPlus } from "@tabler/icons-react";

import { sentenceOf } from "@/api/problem";
import { makeStoryboards } from "@/api/storyboards";
import { systemQuery, type System } from "@/api/system";
import { Section } from "@/components/ui/Section";
import { QueryFailure } from "@/components/ui/QueryFailure";
import { formatCounted, formatSize } from "@/lib/format";

export function StorageSection() {
  const { data: system, error, refetch } = useQuery(systemQuery);
  return (
    <Section title="Storage" about="What stoat-ferret keeps on disk. Your videos are never changed.">
      {system && <StorageTable system={system} />}
      {!system && !error && <Skeleton height={200} />}
      {!system && error && (
        <QueryFailure title="Could not load storage" error={error} onRetry={() => void refetch()} />
      )}
      <MakeStoryboards />
      <Text size="sm" c="dimmed">
        Back up the library with <Code>stoat-ferret backup FILE</Code>; the server can keep running.
      </Text>
    </Section>
  );
}

function StorageTable({ system }: { system: System }) {
  const { thumbnails, storyboards, counting } = system.pictures;
  const soFar = counting ? ", counting…" : "";
  const rows: [name: string, size: string, note: string][] = [
    ["Thumbnails", formatSize(thumbnails.size_bytes), `${formatCounted(thumbnails.files, "file")}${soFar}`],
    ["Preview thumbnails", formatSize(storyboards.size_bytes), `${formatCounted(storyboards.files, "file")}${soFar}`],
    [
      "Database",
      formatSize(system.database?.size_bytes ?? null),
      system.database ? `${system.database.engine} ${system.database.version}` : "busy",
    ],
    [
      "Free disk space",
      formatSize(system.data_disk?.free_bytes ?? null),
      system.data_disk ? `of ${formatSize(system.data_disk.total_bytes)}` : "the disk does not respond",
    ],
  ];
  return (
    <Paper withBorder>
      <Table verticalSpacing="xs" aria-label="Storage">
        <Table.Tbody>
          {rows.map(([name, size, note]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500}>
                {name}
              </Table.Th>
              <Table.Td ta="right">{size}</Table.Td>
              <Table.Td c="dimmed">{note}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function MakeStoryboards() {
  const start = useMutation({
    mutationFn: () => makeStoryboards(),
    onSuccess: () => {
      notifications.show({ message: "Creating preview thumbnails. See Jobs for progress." });
    },
    onError: (error) => {
      notifications.show({ color: "red", title: "Could not create preview thumbnails", message: sentenceOf(error) });
    },
  });
  return (
    <Group>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPhotoPlus size={16} aria-hidden />}
        loading={start.isPending}
        onClick={() => start.mutate()}
      >
        Create preview thumbnails for all videos
      </Button>
      <Text size="sm" c="dimmed">
        They let you scrub through videos. This takes a while.
      </Text>
    </Group>
  );
}
