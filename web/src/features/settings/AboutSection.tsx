import { Anchor, Code, Group, Paper, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { systemQuery, type System } from "@/api/system";
import { Section } from "@/components/ui/Section";
import { bugReport } from "@/features/settings/bugReport";
import { CopyText } from "@/components/ui/CopyText";
import { formatCounted, formatDateTime, formatTimeLeft } from "@/lib/format";

export function AboutSection() {
  const { data: system } = useQuery(systemQuery);
  return (
    <Section title="About" about="stoat-ferret, a self-hosted video library. License: Apache 2.0.">
      {system ? <Versions system={system} /> : <Skeleton height={330} />}
      <Group align="flex-start">
        {system && <CopyText label="Copy for a bug report" text={bugReport(system, navigator.userAgent)} />}
        <Anchor href="/api/v1/openapi.json" size="sm">
          HTTP API (OpenAPI)
        </Anchor>
      </Group>
      <Text size="sm" c="dimmed">
        The manual is in the folder <Code>docs</Code> of the source code.
      </Text>
    </Section>
  );
}

function Versions({ system }: { system: System }) {
  const { database } = system;
  const rows: [string, string][] = [
    ["Version", system.version],
    ["Uptime", `${formatTimeLeft(system.uptime_seconds)}, since ${formatDateTime(system.started_at)}`],
    ["Machine", `${system.machine}, Python ${system.python}`],
    ["Prober", `${system.prober}, up to ${formatCounted(system.media_processes, "process", "processes")}`],
    ["PyAV", system.libav ?? "not installed"],
    ["ffmpeg", system.checks["ffmpeg"]?.detail ?? "unknown"],
    ["ffprobe", system.checks["ffprobe"]?.detail ?? "unknown"],
    ["Database", database ? `${database.engine} ${database.version}, schema ${database.revision}` : "busy"],
    ["Data folder", system.data_dir],
  ];
  return (
    <Paper withBorder>
      <Table verticalSpacing="xs" aria-label="Versions" layout="fixed">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500} w="9.5rem">
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
