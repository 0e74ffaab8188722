import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { MomentInput } from "@/components/ui/clip/MomentInput";
import { ClipMore } from "@/features/render/clips/ClipMore";
import { useFault } from "@/features/render/fields/faults";
import { isBackward } from "@/features/render/renderRequest";
import type { ClipVideo } from "@/features/render/useClipVideos";
import { formatMoment } from "@/lib/moments";
import type { DraftClip } from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipList.module.css";

/** The room for the words before a time. */
const POINT_PIXELS = 34;

interface ClipFieldsProps {
  clip: DraftClip;
  /** Its position, from 1. */
  number: number;
  known: ClipVideo | undefined;
  onChange: (change: Partial<DraftClip>) => void;
}

/** The video of a clip, with its in and out points. */
export function ClipFields({ clip, number, known, onChange }: ClipFieldsProps) {
  const video = known?.video;
  const title = video ? (video.title ?? video.name) : known?.trouble ? "Unknown video" : "…";
  const frameRate = video?.frame_rate ?? null;
  const durationSeconds = video?.duration_seconds ?? null;
  const end = clip.endSeconds ?? durationSeconds;
  const wrongStart = useFault(`clips.${number - 1}.start_seconds`);
  const wrongEnd = useFault(`clips.${number - 1}.end_seconds`);
  return (
    <div className={classes["what"]}>
      <Text size="sm" fw={600} className={classes["title"]} title={title} truncate>
        {number}.{" "}
        <Link to="/videos/$videoId" params={{ videoId: clip.videoId }} className={classes["link"]}>
          {title}
        </Link>
      </Text>
      <MomentInput
        size="xs"
        plain
        w={{ base: "6.5rem", sm: "7.5rem" }}
        leftSection={<span className={classes["point"]}>In</span>}
        leftSectionWidth={POINT_PIXELS}
        aria-label={`In point of clip ${number}`}
        error={wrongStart}
        seconds={clip.startSeconds}
        frameRate={frameRate}
        durationSeconds={durationSeconds}
        onSet={(seconds) => onChange({ startSeconds: seconds ?? 0 })}
      />
      <MomentInput
        size="xs"
        plain
        w={{ base: "6.5rem", sm: "7.5rem" }}
        leftSection={<span className={classes["point"]}>Out</span>}
        leftSectionWidth={POINT_PIXELS}
        aria-label={`Out point of clip ${number}`}
        placeholder={durationSeconds === null ? "End" : formatMoment(durationSeconds)}
        error={isBackward(clip) ? "Before the in point" : wrongEnd}
        seconds={clip.endSeconds}
        frameRate={frameRate}
        durationSeconds={durationSeconds}
        onSet={(endSeconds) => onChange({ endSeconds })}
      />
      {end !== null && end > clip.startSeconds && (
        <Text size="xs" c="dimmed" className={classes["length"]}>
          {formatMoment(end - clip.startSeconds)}
        </Text>
      )}
      {known?.trouble && (
        <Text size="sm" className={classes["trouble"]} role="alert">
          {known.trouble}
        </Text>
      )}
      <ClipMore extras={clip.more} number={number} video={video} onChange={(more) => onChange({ more })} />
    </div>
  );
}
