import { Alert, Button, Group, NumberInput, Paper, Select, Skeleton, Stack, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError, sentenceOf } from "@/api/problem";
import { changeSettings, settingsQuery, type ServerSettings, type SettingName, type SettingValues } from "@/api/settings";
import { QueryFailure } from "@/components/ui/QueryFailure";
import { Section } from "@/components/ui/Section";
import { ScheduleField } from "@/features/settings/ScheduleField";
import { changesOf, settingFaults, shownValues, type SettingsDraft } from "@/features/settings/settingsDraft";
import { refresh } from "@/lib/live/refresh";

const CHANGED = 412;
const MOST_AT_A_TIME = 64;
const MOST_CHARACTERS = 500;

const watchLabels: readonly { value: SettingValues["watch"]; label: string }[] = [
  { value: "auto", label: "Automatically" },
  { value: "poll", label: "By reading all folders regularly" },
  { value: "off", label: "Off" },
];

/** The settings of scans, renders and other jobs, which can be changed while the server runs. */
export function JobsSection() {
  const { data, error, refetch } = useQuery(settingsQuery);
  return (
    <Section title="Scans and renders" about="Changes take effect at once, and are kept after a restart.">
      {data ? (
        <SettingsForm settings={data} />
      ) : error ? (
        <QueryFailure title="Could not load settings" error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={480} />
      )}
    </Section>
  );
}

function SettingsForm({ settings }: { settings: ServerSettings }) {
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<SettingsDraft>({});
  const changes = changesOf(settings, draft);
  const isChanged = Object.keys(changes).length > 0;
  const save = useMutation({
    mutationFn: () => changeSettings(changes, settings.revision),
    onSuccess: (saved) => {
      queryClient.setQueryData(settingsQuery.queryKey, saved);
      setDraft({});
      void refresh(queryClient);
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === CHANGED) void refresh(queryClient, settingsQuery.queryKey);
    },
  });
  const faults = settingFaults(save.error);
  const change = (values: SettingsDraft) => {
    if (save.isError) save.reset();
    setDraft({ ...draft, ...values });
  };
  const values = shownValues(settings, draft);
  const field = (name: SettingName, description: string) => {
    const variable = settings.fixed[name];
    return {
      disabled: variable !== undefined,
      description: variable === undefined ? description : `${description} Set by ${variable}.`,
      error: faults[name],
    };
  };
  return (
    <Paper withBorder p="md">
      <form
        aria-label="Scans and renders"
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged) save.mutate();
        }}
      >
        <Stack>
          <Select
            label="Watch folders for changes"
            {...field("watch", "Finds new and changed videos by itself in folders that were scanned once.")}
            data={watchLabels}
            value={values.watch}
            allowDeselect={false}
            onChange={(watch) => watch && change({ watch })}
          />
          <ScheduleField
            {...field("scan_schedule", "Scans all folders again that were scanned before.")}
            value={values.scan_schedule ?? ""}
            onChange={(scan_schedule) => change({ scan_schedule })}
          />
          <TextInput
            label="Quiet hours"
            {...field(
              "quiet_hours",
              "Scans, preview thumbnails and renders wait in these hours, such as 22:00-6:00, or mon-fri 9:00-17:30, sat 20:00-2:00.",
            )}
            placeholder="None"
            maxLength={MOST_CHARACTERS}
            spellCheck={false}
            value={values.quiet_hours ?? ""}
            onChange={(event) => change({ quiet_hours: event.currentTarget.value })}
          />
          <Switch
            label="Create thumbnails with scans"
            {...field("thumbnails", "The picture of each video in the library.")}
            checked={values.thumbnails}
            onChange={(event) => change({ thumbnails: event.currentTarget.checked })}
          />
          <Switch
            label="Create preview thumbnails after scans"
            {...field("storyboards_after_scan", "While nothing else is running and nobody plays a video.")}
            checked={values.storyboards_after_scan}
            onChange={(event) => change({ storyboards_after_scan: event.currentTarget.checked })}
          />
          <Group grow align="flex-start" preventGrowOverflow={false}>
            <AtATime
              label="Scans at a time"
              {...field("scan_concurrency", "More help with several disks.")}
              value={values.scan_concurrency}
              onChange={(scan_concurrency) => change({ scan_concurrency })}
            />
            <AtATime
              label="Renders at a time"
              {...field("render_concurrency", "One uses all idle cores.")}
              value={values.render_concurrency}
              onChange={(render_concurrency) => change({ render_concurrency })}
            />
          </Group>
          {save.error && Object.keys(faults).length === 0 && (
            <Alert color="red" variant="light" role="alert">
              {sentenceOf(save.error)}
            </Alert>
          )}
          <Group gap="xs">
            <Button type="submit" disabled={!isChanged} loading={save.isPending}>
              Save
            </Button>
            {isChanged && (
              <Button
                variant="default"
                onClick={() => {
                  save.reset();
                  setDraft({});
                }}
              >
                Discard changes
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

interface AtATimeProps {
  label: string;
  description: string;
  disabled: boolean;
  error: string | undefined;
  value: number;
  onChange: (value: number) => void;
}

function AtATime({ value, onChange, ...field }: AtATimeProps) {
  return (
    <NumberInput
      {...field}
      miw={180}
      min={1}
      max={MOST_AT_A_TIME}
      allowDecimal={false}
      clampBehavior="blur"
      value={value}
      onChange={(next) => {
        if (typeof next === "number") onChange(next);
      }}
    />
  );
}
