import { Badge, Button, Collapse, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useId } from "react";

import type { VideoDetail } from "@/api/types";
import { changesOf, withExtra, withoutExtras, type ClipExtras } from "@/features/render/clips/clipChanges";
import { CropFields } from "@/features/render/clips/CropFields";
import { SoundFields } from "@/features/render/clips/SoundFields";
import { SubtitleFields } from "@/features/render/clips/SubtitleFields";
import { TimeFields } from "@/features/render/clips/TimeFields";
import { EffectsFields } from "@/features/render/effects/EffectsFields";
import { FaultText } from "@/features/render/fields/FaultText";
import { useFault, useFaultsAmong } from "@/features/render/fields/faults";

import classes from "@/features/render/clips/ClipMore.module.css";

const IN_DRAWER =
  "crop rotate speed fade_in_seconds fade_out_seconds volume_db mute audio_stream subtitle_file effects".split(" ");

interface ClipMoreProps {
  extras: ClipExtras;
  /** Its position, from 1. */
  number: number;
  /** Undefined until it is loaded. */
  video: VideoDetail | undefined;
  isImage?: boolean;
  onChange: (extras: ClipExtras) => void;
}

/** The edits of a clip as badges, and as fields when expanded. */
export function ClipMore({ extras, number, video, isImage = false, onChange }: ClipMoreProps) {
  const [opened, fold] = useDisclosure(false);
  const id = useId();
  const path = `clips.${number - 1}`;
  const inside = useFaultsAmong(path, IN_DRAWER);
  const whole = useFault(path);
  const changes = changesOf(extras);
  return (
    <div className={classes["more"]}>
      <Group gap={6} className={classes["line"] ?? ""}>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          aria-expanded={opened}
          aria-controls={opened ? id : undefined}
          aria-label={`More… for clip ${number}`}
          rightSection={
            <IconChevronDown size={14} aria-hidden className={classes["chevron"]} data-opened={opened || undefined} />
          }
          onClick={fold.toggle}
        >
          More…
        </Button>
        {changes.map((words) => (
          <Badge key={words} variant="light" color="gray" tt="none" fw={500} className={classes["change"] ?? ""}>
            {words}
          </Badge>
        ))}
      </Group>
      <FaultText>{whole}</FaultText>
      <FaultText>{opened ? undefined : inside}</FaultText>
      <Collapse expanded={opened} id={id} className={classes["drawer"] ?? ""}>
        {opened && (
          <div className={classes["groups"]}>
            {!isImage && <CropFields extras={extras} path={path} number={number} video={video} onChange={onChange} />}
            <TimeFields extras={extras} path={path} number={number} hasSpeed={!isImage} onChange={onChange} />
            {!isImage && (
              <>
                <SoundFields
                  extras={extras}
                  path={path}
                  of={`clip ${number}`}
                  streams={video?.media_info?.audio ?? null}
                  canMute
                  onChange={onChange}
                />
                <SubtitleFields extras={extras} path={path} number={number} root={video?.root} onChange={onChange} />
              </>
            )}
            <EffectsFields
              extras={extras}
              path={path}
              number={number}
              hasAudio={!isImage}
              root={video?.root}
              onChange={(effects) => onChange(withExtra(extras, "effects", effects))}
            />
            {changes.length > 0 && (
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                aria-label={`Reset clip ${number}`}
                onClick={() => onChange(withoutExtras(extras))}
              >
                Reset
              </Button>
            )}
          </div>
        )}
      </Collapse>
    </div>
  );
}
