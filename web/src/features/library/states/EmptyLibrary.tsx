import { Button, Code, Group } from "@mantine/core";
import { IconFolderSearch, IconMovie } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { rootsQuery } from "@/api/folders";
import { activeJobsQuery } from "@/api/jobs";
import { LibraryState } from "@/features/library/states/LibraryState";
import { useDialogs } from "@/lib/dialogs";

/** The first visit: what this is, and how to start. */
export function EmptyLibrary() {
  const { openScan } = useDialogs();
  const { data: roots } = useQuery(rootsQuery);
  const { data: jobs = [] } = useQuery(activeJobsQuery);
  const isScanning = jobs.some((job) => job.kind === "scan");
  const [only] = roots?.items ?? [];
  const isOne = roots?.items.length === 1;
  return (
    <LibraryState
      icon={<IconMovie size={56} stroke={1.25} aria-hidden />}
      title={isScanning ? "Scanning for videos" : "No videos yet"}
      action={
        <Button
          mt="sm"
          size="md"
          leftSection={<IconFolderSearch size={20} aria-hidden />}
          onClick={() => openScan(isOne ? only?.path : undefined)}
        >
          {isScanning ? "Show scan" : "Scan a folder"}
        </Button>
      }
    >
      {isScanning
        ? "Each video appears here as soon as it has been read."
        : "Scan a folder to add its videos here, with thumbnails, search and filters. Your files are read, never changed."}
      {!isScanning && roots && roots.items.length > 0 && (
        <Group gap={6} justify="center" mt="sm">
          Library folders:
          {roots.items.map((root) => (
            <Code key={root.path}>{root.path}</Code>
          ))}
        </Group>
      )}
    </LibraryState>
  );
}
