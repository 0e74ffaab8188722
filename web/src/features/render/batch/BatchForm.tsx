import { Alert, Button, Checkbox, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { sentenceOf } from "@/api/problem";
import { presetsQuery, startBatch, type Preset } from "@/api/renders";
import type { Job } from "@/api/types";
import { Section } from "@/components/ui/Section";
import { faultsOf, FaultsProvider } from "@/features/render/fields/faults";
import { FolderField } from "@/features/render/fields/FolderField";
import { OptionsForm } from "@/features/render/options/OptionsForm";
import { faultWords, PLACEHOLDERS } from "@/features/render/planWords";
import { PresetCards } from "@/features/render/PresetCards";
import { optionsFor, optionsOf, templateOf } from "@/features/render/renderRequest";
import { SavedPresets } from "@/features/render/saved/SavedPresets";
import type { RenderBatch } from "@/lib/renderBatch";
import { formatCounted } from "@/lib/format";
import { storeJob } from "@/lib/live/jobCache";
import { emptyDraft, type RenderDraft } from "@/lib/renderDraft";

import classes from "@/features/render/RenderPage.module.css";

interface BatchFormProps {
  batch: RenderBatch;
  onStarted: (job: Job) => void;
}

/** The preset and its options for the same render of each of many videos. */
export function BatchForm({ batch, onStarted }: BatchFormProps) {
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<RenderDraft>(emptyDraft);
  const { data, error } = useQuery(presetsQuery);
  const preset = data?.items.find((one) => one.name === draft.preset) ?? data?.items[0];
  const start = useMutation({
    mutationFn: (chosen: Preset) => startBatch({ ...templateOf(draft, chosen), ...batch.which }),
    onSuccess: (job) => {
      storeJob(queryClient, job);
      onStarted(job);
    },
  });
  const change = (changes: Partial<RenderDraft>) => {
    start.reset();
    setDraft({ ...draft, ...changes });
  };
  if (!data || !preset)
    return error ? (
      <Alert color="red" variant="light" role="alert">
        {sentenceOf(error)}
      </Alert>
    ) : (
      <Skeleton height={320} />
    );
  const faults = faultsOf(start.error, draft);
  return (
    <FaultsProvider value={faults}>
      <div className={classes["columns"]}>
        <Stack gap="md" miw={0}>
          <PresetCards
            presets={data.items}
            chosen={preset.name}
            onChoose={(chosen) => change({ preset: chosen.name, options: optionsFor(chosen, draft.options) })}
          >
            <SavedPresets current={{ preset: preset.name, options: optionsOf(draft, preset) }} onChoose={change} />
          </PresetCards>
          <OptionsForm
            key={preset.name}
            preset={preset}
            options={data.options}
            hardware={data.hardware_encoders}
            values={draft.options}
            onChange={(options) => change({ options })}
          />
        </Stack>
        <div className={classes["side"]}>
          <Section title="Output">
            <Stack gap="sm">
              <Text size="sm">One file for each of {formatCounted(batch.count, "video")}.</Text>
              <TextInput
                label="Names"
                description={`Saved in ${data.output_folder}. ${PLACEHOLDERS}`}
                placeholder="{video}-{preset}"
                error={faults.find((fault) => fault.path === "name")?.message}
                value={draft.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
              <FolderField
                value={draft.more["folder"]}
                error={faults.find((fault) => fault.path === "folder")?.message}
                onChange={(folder) => change({ more: { ...draft.more, folder } })}
              />
              <Checkbox
                size="xs"
                label="Replace existing files"
                checked={draft.more["overwrite"] === true}
                onChange={(event) =>
                  change({ more: { ...draft.more, overwrite: event.currentTarget.checked || undefined } })
                }
              />
              {start.error && (
                <Alert color="red" variant="light" role="alert">
                  {faultWords(start.error)}
                </Alert>
              )}
              <Button fullWidth loading={start.isPending} onClick={() => start.mutate(preset)}>
                Render {formatCounted(batch.count, "video")}
              </Button>
              <Text size="xs" c="dimmed">
                Originals are not changed. Each file is added to the library when it is finished. A video that cannot be
                rendered does not stop the others.
              </Text>
            </Stack>
          </Section>
        </div>
      </div>
    </FaultsProvider>
  );
}
