import { Alert, Button, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import { presetsQuery } from "@/api/renders";
import type { Job } from "@/api/types";
import { ClipList } from "@/features/render/clips/ClipList";
import { FieldFaults } from "@/features/render/fields/FieldFaults";
import { OptionsForm } from "@/features/render/options/OptionsForm";
import { PlanPanel } from "@/features/render/PlanPanel";
import { PresetCards } from "@/features/render/PresetCards";
import { usePreviewButton } from "@/features/render/preview/usePreviewButton";
import { optionsFor, optionsOf } from "@/features/render/renderRequest";
import { SavedPresets } from "@/features/render/saved/SavedPresets";
import { soundsOf, videoIdOf } from "@/features/render/sounds/sound";
import { SoundSection } from "@/features/render/sounds/SoundSection";
import { useClipVideos } from "@/features/render/useClipVideos";
import { changeRenderDraft, type RenderDraft } from "@/lib/renderDraft";

import classes from "@/features/render/RenderPage.module.css";

interface RenderFormProps {
  draft: RenderDraft;
  onStarted: (job: Job) => void;
}

/** The clips, the preset and its options, and the planned output. */
export function RenderForm({ draft, onStarted }: RenderFormProps) {
  const videos = useClipVideos([...draft.clips, ...soundsOf(draft).map((one) => ({ videoId: videoIdOf(one) }))]);
  const preview = usePreviewButton(draft, videos);
  const { data, error, refetch } = useQuery(presetsQuery);
  const preset = data?.items.find((one) => one.name === draft.preset) ?? data?.items[0];
  return (
    <FieldFaults draft={draft} preset={preset} videos={videos}>
      <div className={classes["columns"]}>
        <Stack gap="md" miw={0}>
          <ClipList clips={draft.clips} videos={videos} aside={preview.button}>
            {preview.player}
          </ClipList>
          <SoundSection draft={draft} videos={videos} />
          {error && !data ? (
            <Alert color="red" variant="light" role="alert">
              <Stack gap="xs" align="flex-start">
                {sentenceOf(error)}
                <Button size="compact-sm" variant="default" onClick={() => void refetch()}>
                  Try again
                </Button>
              </Stack>
            </Alert>
          ) : data && preset ? (
            <>
              <PresetCards
                presets={data.items}
                chosen={preset.name}
                onChoose={(chosen) =>
                  changeRenderDraft({ preset: chosen.name, options: optionsFor(chosen, draft.options) })
                }
              >
                <SavedPresets
                  current={{ preset: preset.name, options: optionsOf(draft, preset) }}
                  onChoose={changeRenderDraft}
                />
              </PresetCards>
              <OptionsForm
                key={preset.name}
                preset={preset}
                options={data.options}
                hardware={data.hardware_encoders}
                values={draft.options}
                onChange={(options) => changeRenderDraft({ options })}
              />
            </>
          ) : (
            <Skeleton height={320} />
          )}
        </Stack>
        <div className={classes["side"]}>
          {data && preset ? (
            <PlanPanel draft={draft} preset={preset} folder={data.output_folder} videos={videos} onStarted={onStarted} />
          ) : (
            <Skeleton height={260} />
          )}
        </div>
      </div>
    </FieldFaults>
  );
}
