import { Code, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { rootsQuery } from "@/api/folders";
import { systemQuery } from "@/api/system";
import { Section } from "@/components/ui/Section";
import { QueryFailure } from "@/components/ui/QueryFailure";
import { AddFolder } from "@/features/settings/AddFolder";
import { RootCard } from "@/features/settings/RootCard";
import { formatDateTime } from "@/lib/format";

/** The library folders, which are added and removed here. */
export function RootsSection() {
  const { data: system, error, refetch } = useQuery(systemQuery);
  const { data: roots } = useQuery(rootsQuery);
  return (
    <Section title="Library folders" about="Only these folders are scanned.">
      {system?.roots.map((root) => (
        <RootCard key={root.path} root={root} known={roots?.items.find((one) => one.path === root.path)} />
      ))}
      {!system && !error && <Skeleton height={104} />}
      {!system && error && (
        <QueryFailure title="Could not load folders" error={error} onRetry={() => void refetch()} />
      )}
      {system?.roots.length === 0 && (
        <Text size="sm">There are no library folders. Add one to fill the library.</Text>
      )}
      {roots?.can_add === false && (
        <Text size="sm" c="dimmed">
          Folders cannot be added here (<Code>STOAT_ADD_FOLDERS_FROM</Code>). Name them in <Code>STOAT_ROOTS</Code>.
        </Text>
      )}
      {roots?.can_add && <AddFolder />}
      {system?.next_scan_at && (
        <Text size="sm" c="dimmed">
          Next scan: {formatDateTime(system.next_scan_at)}.
        </Text>
      )}
    </Section>
  );
}
