import { Button, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import { Section } from "@/components/ui/Section";
import { FaultText } from "@/features/render/fields/FaultText";
import { useFault } from "@/features/render/fields/faults";
import { soundsOf, videoIdOf, withSounds, type Sound } from "@/features/render/sounds/sound";
import { SoundItem } from "@/features/render/sounds/SoundItem";
import { SoundSearch } from "@/features/render/sounds/SoundSearch";
import type { ClipVideo } from "@/features/render/useClipVideos";
import { changeRenderDraft, type RenderDraft } from "@/lib/renderDraft";

interface SoundSectionProps {
  draft: RenderDraft;
  videos: ReadonlyMap<string, ClipVideo>;
}

/** Background audio from other videos, such as music. */
export function SoundSection({ draft, videos }: SoundSectionProps) {
  const [searching, setSearching] = useState(false);
  const fault = useFault("audio");
  const sounds = soundsOf(draft);
  const set = (next: readonly Sound[]) => changeRenderDraft({ more: withSounds(draft.more, next) });
  return (
    <Section
      title="Background audio"
      aside={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          aria-expanded={searching}
          onClick={() => setSearching(!searching)}
        >
          Add audio
        </Button>
      }
    >
      <Stack gap="sm">
        {sounds.length === 0 && !searching && (
          <Text size="sm" c="dimmed">
            Music or speech from another video, mixed with the audio of the clips.
          </Text>
        )}
        {searching && (
          <SoundSearch
            onFound={(videoId) => {
              setSearching(false);
              set([...sounds, { video_id: videoId }]);
            }}
          />
        )}
        {sounds.map((sound, index) => (
          // They have no identity except their index.
          <SoundItem
            key={index}
            sound={sound}
            number={index + 1}
            known={videos.get(videoIdOf(sound))}
            onChange={(next) => set(sounds.map((one, place) => (place === index ? next : one)))}
            onRemove={() => set(sounds.filter((_, place) => place !== index))}
          />
        ))}
        <FaultText>{fault}</FaultText>
      </Stack>
    </Section>
  );
}
