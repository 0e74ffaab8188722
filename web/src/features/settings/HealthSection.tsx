import { Code, Paper, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";

import { systemQuery, type Check } from "@/api/system";
import { Section } from "@/components/ui/Section";
import { QueryFailure } from "@/components/ui/QueryFailure";

import classes from "@/features/settings/HealthSection.module.css";

const names: Readonly<Record<string, string>> = {
  database: "Database",
  ffmpeg: "ffmpeg",
  ffprobe: "ffprobe",
  queue: "Job queue",
  output: "Output folder",
  roots: "Library folders",
};

export function HealthSection() {
  const { data: system, error, refetch } = useQuery(systemQuery);
  const checks = system?.checks;
  return (
    <Section title="Health" about="What stoat-ferret needs, checked every 30 seconds.">
      {checks && (
        <Paper withBorder component="ul" className={classes["list"]} aria-label="Checks">
          {Object.entries(checks).map(([name, check]) => (
            <HealthRow key={name} name={names[name] ?? name} check={check} />
          ))}
        </Paper>
      )}
      {!checks && !error && <Skeleton height={260} />}
      {!checks && error && (
        <QueryFailure title="Could not load health" error={error} onRetry={() => void refetch()} />
      )}
      <Text size="sm" c="dimmed">
        Run <Code>stoat-ferret doctor</Code> on the server for more checks.
      </Text>
    </Section>
  );
}

function HealthRow({ name, check }: { name: string; check: Check }) {
  const Icon = check.ok ? IconCircleCheck : IconAlertTriangle;
  return (
    <li className={classes["row"]} data-ok={check.ok}>
      <Icon size={20} aria-hidden className={classes["icon"]} />
      <div className={classes["words"]}>
        <Text size="sm" fw={600}>
          {name}: {check.ok ? "OK" : "failed"}
        </Text>
        {check.detail !== null && (
          <Text size="sm" className={classes["detail"]}>
            {check.detail}
          </Text>
        )}
      </div>
    </li>
  );
}
