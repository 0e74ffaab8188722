import { Alert, Code, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconInfoCircle } from "@tabler/icons-react";

import { systemQuery } from "@/api/system";
import { Section } from "@/components/ui/Section";
import { QueryFailure } from "@/components/ui/QueryFailure";
import { RootCard } from "@/features/settings/RootCard";
import { formatDateTime } from "@/lib/format";

export function RootsSection() {
  const { data: system, error, refetch } = useQuery(systemQuery);
  return (
    <Section title="Library folders" about="Only these folders are scanned.">
      {system?.roots.map((root) => <RootCard key={root.path} root={root} />)}
      {!system && !error && <Skeleton height={104} />}
      {!system && error && (
        <QueryFailure title="Could not load folders" error={error} onRetry={() => void refetch()} />
      )}
      {system?.roots_are_default && (
        <Alert color="cyan" icon={<IconInfoCircle aria-hidden />} title="Using the default folder">
          To use other folders, start the server with <Code>stoat-ferret serve FOLDER…</Code>, or set{" "}
          <Code>STOAT_ROOTS</Code> and restart it.
        </Alert>
      )}
      {system && !system.roots_are_default && (
        <Text size="sm" c="dimmed">
          To change them, start the server with <Code>stoat-ferret serve FOLDER…</Code>, or set{" "}
          <Code>STOAT_ROOTS</Code>.
        </Text>
      )}
      {system && (
        <Text size="sm" c="dimmed">
          {system.next_scan_at
            ? `Scanned by schedule (${system.scan_schedule ?? ""}). Next scan: ${formatDateTime(system.next_scan_at)}.`
            : "Not scanned by schedule; see STOAT_SCAN_SCHEDULE in the manual."}
        </Text>
      )}
    </Section>
  );
}
