import { ActionIcon, Group, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";

import { MomentInput } from "@/components/ui/clip/MomentInput";
import { withExtra } from "@/features/render/clips/clipChanges";
import { FieldGroup } from "@/features/render/clips/FieldGroup";
import { SoundFields } from "@/features/render/clips/SoundFields";
import { FadeFields } from "@/features/render/clips/FadeFields";
import { FaultText } from "@/features/render/fields/FaultText";
import { useFault } from "@/features/render/fields/faults";
import type { Sound } from "@/features/render/sounds/sound";
import type { ClipVideo } from "@/features/render/useClipVideos";
import { secondsOf } from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipMore.module.css";

interface SoundItemProps {
  sound: Sound;
  /** Its position, from 1. */
  number: number;
  known: ClipVideo | undefined;
  onChange: (sound: Sound) => void;
  onRemove: () => void;
}

/** A background audio: its video, part, start time and volume. */
export function SoundItem({ sound, number, known, onChange, onRemove }: SoundItemProps) {
  const path = `audio.${number - 1}`;
  const of = `audio ${number}`;
  const fault = useFault(path);
  const video = known?.video;
  const moments = [
    ["at_seconds", "Starts at", "Start", useFault(`${path}.at_seconds`)],
    ["start_seconds", "In", "Start", useFault(`${path}.start_seconds`)],
    ["end_seconds", "Out", "End", useFault(`${path}.end_seconds`)],
  ] as const;
  return (
    <div role="group" aria-label={`Audio ${number}`} className={classes["groups"]}>
      <Group justify="space-between" wrap="nowrap" w="100%">
        <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {number}. {video ? (video.title ?? video.name) : known?.trouble ? "Unknown video" : "…"}
        </Text>
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove audio ${number}`} onClick={onRemove}>
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </Group>
      <FaultText>{known?.trouble}</FaultText>
      <FaultText>{fault}</FaultText>
      <FieldGroup name="Timing" label={`Timing of ${of}`}>
        {moments.map(([field, label, placeholder, wrong]) => (
          <MomentInput
            key={field}
            size="xs"
            w="6.5rem"
            plain
            label={label}
            aria-label={`${label}, ${of}`}
            placeholder={placeholder}
            error={wrong}
            seconds={secondsOf(sound[field])}
            frameRate={null}
            durationSeconds={field === "at_seconds" ? null : (video?.duration_seconds ?? null)}
            onSet={(seconds) => onChange(withExtra(sound, field, seconds ?? undefined))}
          />
        ))}
        <FadeFields extras={sound} path={path} of={of} onChange={onChange} />
      </FieldGroup>
      <SoundFields
        extras={sound}
        path={path}
        of={of}
        streams={video?.media_info?.audio ?? null}
        onChange={onChange}
      />
    </div>
  );
}
