import { Button, Center, Stack, Text } from "@mantine/core";
import { IconFolderSearch, IconStack2 } from "@tabler/icons-react";

import { useDialogs } from "@/lib/dialogs";

interface NoJobsProps {
  /** Clears the filters; null without filters. */
  onClearFilters: (() => void) | null;
}

export function NoJobs({ onClearFilters }: NoJobsProps) {
  const { openScan } = useDialogs();
  return (
    <Center py="xl">
      <Stack align="center" gap="sm" maw={420}>
        <IconStack2 size={40} stroke={1.3} aria-hidden color="var(--mantine-color-dimmed)" />
        <Text fw={600}>{onClearFilters ? "No jobs match the filters" : "No jobs yet"}</Text>
        {!onClearFilters && (
          <Text size="sm" c="dimmed" ta="center">
            Scans, renders and other long tasks appear here.
          </Text>
        )}
        {onClearFilters ? (
          <Button variant="default" onClick={onClearFilters}>
            Clear filters
          </Button>
        ) : (
          <Button leftSection={<IconFolderSearch size={18} aria-hidden />} onClick={() => openScan()}>
            Scan a folder
          </Button>
        )}
      </Stack>
    </Center>
  );
}
