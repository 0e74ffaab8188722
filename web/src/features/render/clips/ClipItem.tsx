import { ActionIcon } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconMovie, IconPhoto, IconX } from "@tabler/icons-react";

import { ClipFields } from "@/features/render/clips/ClipFields";
import { GapFields } from "@/features/render/clips/GapFields";
import { ImageClipFields } from "@/features/render/clips/ImageClipFields";
import type { ClipVideo } from "@/features/render/useClipVideos";
import { releaseImage } from "@/lib/releaseMedia";
import { gapSeconds, imagePath, type DraftClip } from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipList.module.css";

interface ClipItemProps {
  clip: DraftClip;
  /** Its position, from 1. */
  number: number;
  count: number;
  known: ClipVideo | undefined;
  onChange: (change: Partial<DraftClip>) => void;
  onMove: (step: number) => void;
  onRemove: () => void;
}

/** A clip in the list. */
export function ClipItem({ clip, number, count, known, onChange, onMove, onRemove }: ClipItemProps) {
  const video = known?.video;
  const gap = gapSeconds(clip);
  const image = imagePath(clip);
  return (
    <div className={classes["clip"]}>
      {video?.thumbnail_url ? (
        <img
          ref={releaseImage}
          className={classes["picture"]}
          src={video.thumbnail_url}
          alt=""
          loading="lazy"
        />
      ) : (
        <span className={classes["picture"]} data-gap={gap === null ? undefined : true}>
          {image !== null ? (
            <IconPhoto size={24} stroke={1.25} aria-hidden />
          ) : (
            gap === null && <IconMovie size={24} stroke={1.25} aria-hidden />
          )}
        </span>
      )}
      {image !== null ? (
        <ImageClipFields clip={clip} number={number} onChange={onChange} />
      ) : gap === null ? (
        <ClipFields clip={clip} number={number} known={known} onChange={onChange} />
      ) : (
        <GapFields seconds={clip.more["gap_seconds"]} number={number} onChange={onChange} />
      )}
      <div className={classes["buttons"]}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Move clip ${number} up`}
          data-step={-1}
          disabled={number === 1}
          onClick={() => onMove(-1)}
        >
          <IconArrowUp size={17} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Move clip ${number} down`}
          data-step={1}
          disabled={number === count}
          onClick={() => onMove(1)}
        >
          <IconArrowDown size={17} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove clip ${number}`} onClick={onRemove}>
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </div>
    </div>
  );
}
