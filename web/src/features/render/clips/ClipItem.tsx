import { ActionIcon } from "@mantine/core";
import { IconMovie, IconPhoto, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { ClipFields } from "@/features/render/clips/ClipFields";
import { ClipMenu } from "@/features/render/clips/ClipMenu";
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
  /** What it is dragged by. */
  handle: ReactNode;
  onChange: (change: Partial<DraftClip>) => void;
  onMove: (step: number) => void;
  onDuplicate: () => void;
  onRemove: () => void;
}

/** A clip in the list, in one line where there is room. */
export function ClipItem({ clip, number, count, known, handle, onChange, onMove, onDuplicate, onRemove }: ClipItemProps) {
  const gap = gapSeconds(clip);
  const image = imagePath(clip);
  return (
    <div className={classes["clip"]}>
      {handle}
      <ClipPicture clip={clip} known={known} />
      {image !== null ? (
        <ImageClipFields clip={clip} number={number} onChange={onChange} />
      ) : gap === null ? (
        <ClipFields clip={clip} number={number} known={known} onChange={onChange} />
      ) : (
        <GapFields seconds={clip.more["gap_seconds"]} number={number} onChange={onChange} />
      )}
      <div className={classes["buttons"]}>
        <ClipMenu number={number} count={count} onMove={onMove} onDuplicate={onDuplicate} />
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove clip ${number}`} onClick={onRemove}>
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </div>
    </div>
  );
}

function ClipPicture({ clip, known }: Pick<ClipItemProps, "clip" | "known">) {
  const video = known?.video;
  if (video?.thumbnail_url) {
    return <img ref={releaseImage} className={classes["picture"]} src={video.thumbnail_url} alt="" loading="lazy" />;
  }
  const isGap = gapSeconds(clip) !== null;
  const Icon = imagePath(clip) === null ? IconMovie : IconPhoto;
  return (
    <span className={classes["picture"]} data-gap={isGap || undefined}>
      {!isGap && <Icon size={20} stroke={1.25} aria-hidden />}
    </span>
  );
}
