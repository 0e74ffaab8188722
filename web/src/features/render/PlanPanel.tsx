import { Alert, Button, Checkbox, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { startRender, type Preset } from "@/api/renders";
import type { Job } from "@/api/types";
import { Section } from "@/components/ui/Section";
import { useFault } from "@/features/render/fields/faults";
import { FolderField } from "@/features/render/fields/FolderField";
import { PlanFacts } from "@/features/render/PlanFacts";
import { faultWords, PLACEHOLDERS, withNames } from "@/features/render/planWords";
import { canMeasure, requestOf } from "@/features/render/renderRequest";
import { namesOf, type ClipVideo } from "@/features/render/useClipVideos";
import { usePlan } from "@/features/render/usePlan";
import { storeJob } from "@/lib/live/jobCache";
import { changeRenderDraft, takeStarted, type RenderDraft } from "@/lib/renderDraft";

interface PlanPanelProps {
  draft: RenderDraft;
  preset: Preset;
  /** The output folder. */
  folder: string;
  videos: ReadonlyMap<string, ClipVideo>;
  onStarted: (job: Job) => void;
}

/** The planned output, or why there is none, and the start button. */
export function PlanPanel({ draft, preset, folder, videos, onStarted }: PlanPanelProps) {
  const queryClient = useQueryClient();
  const { plan, fault, isRefused, isCurrent, refetch } = usePlan(draft, preset);
  const start = useMutation({
    mutationFn: (started: RenderDraft) => startRender(requestOf(started, preset)),
    onSuccess: (job, started) => {
      storeJob(queryClient, job);
      takeStarted(started);
      onStarted(job);
    },
  });
  const names = namesOf(videos);
  const isSeparate = draft.more["separate"] === true;
  const wrongName = useFault("name");
  const wrongFolder = useFault("folder");
  const sentence = start.error ? faultWords(start.error) : fault;
  return (
    <Section title="Output">
      <Stack gap="sm">
        <TextInput
          label="Name"
          description={`Saved in ${folder}${isSeparate ? `. ${PLACEHOLDERS}` : ""}`}
          placeholder={plan?.name ?? "Same as the first clip"}
          error={wrongName}
          value={draft.name}
          onChange={(event) => {
            start.reset();
            changeRenderDraft({ name: event.currentTarget.value });
          }}
        />
        <FolderField
          value={draft.more["folder"]}
          error={wrongFolder}
          onChange={(chosen) => {
            start.reset();
            changeRenderDraft({ more: { ...draft.more, folder: chosen } });
          }}
        />
        {(draft.clips.length > 1 || isSeparate) && (
          <Checkbox
            size="xs"
            label="Separate files"
            description="Make a file for each clip instead of joining them."
            checked={isSeparate}
            onChange={(event) =>
              changeRenderDraft({ more: { ...draft.more, separate: event.currentTarget.checked || undefined } })
            }
          />
        )}
        <Checkbox
          size="xs"
          label="Replace an existing file"
          checked={draft.more["overwrite"] === true}
          onChange={(event) =>
            changeRenderDraft({ more: { ...draft.more, overwrite: event.currentTarget.checked || undefined } })
          }
        />
        <div aria-live="polite" aria-busy={!isCurrent}>
          {sentence !== null ? (
            <Alert color={isRefused || start.isError ? "red" : "orange"} variant="light" role="presentation">
              <Stack gap="xs" align="flex-start">
                {withNames(sentence, names)}
                {!isRefused && (
                  <Button size="compact-sm" variant="default" onClick={() => void refetch()}>
                    Try again
                  </Button>
                )}
              </Stack>
            </Alert>
          ) : plan ? (
            <PlanFacts plan={plan} body={canMeasure(draft, preset) ? requestOf(draft, preset) : null} names={names} />
          ) : (
            <Skeleton height={150} />
          )}
        </div>
        <Button fullWidth disabled={isRefused} loading={start.isPending} onClick={() => start.mutate(draft)}>
          Start render
        </Button>
        <Text size="xs" c="dimmed">
          Originals are not changed. The result is added to the library.
        </Text>
      </Stack>
    </Section>
  );
}
