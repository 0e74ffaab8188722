import { ActionIcon, Loader, Text } from "@mantine/core";
import {
  IconMaximize,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconVolume,
  IconVolumeOff,
} from "@tabler/icons-react";
import { useRef, useState } from "react";

import { playerSettings } from "@/components/ui/player/playerSettings";
import { PreviewSlot } from "@/features/render/preview/PreviewSlot";
import type { Segment } from "@/features/render/preview/segments";
import { usePreview } from "@/features/render/preview/usePreview";
import { formatMoment } from "@/lib/moments";

import classes from "@/features/render/preview/Preview.module.css";

interface PreviewPlayerProps {
  segments: readonly Segment[];
  /** What the result will have and the preview lacks. */
  missing: readonly string[];
}

/** Plays the clips one after the other, each from its in point to its out point. */
export function PreviewPlayer({ segments, missing }: PreviewPlayerProps) {
  const stage = useRef<HTMLDivElement>(null);
  const preview = usePreview(segments);
  const [{ volume, muted }] = useState(playerSettings);
  const [isMuted, setMuted] = useState(muted);
  const [waitingFor, setWaitingFor] = useState<string | null>(null);
  const { index, plays, seconds, total } = preview;
  const shown = segments[index];
  return (
    <div className={classes["preview"]} role="group" aria-label="Preview">
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the button below does it by keyboard */}
      <div ref={stage} className={classes["stage"]} onClick={preview.toggle}>
        {segments.slice(index, index + 2).map((segment, place) => (
          <PreviewSlot
            key={segment.key}
            segment={segment}
            isShown={place === 0}
            plays={plays}
            offset={place === 0 ? preview.offset : 0}
            jump={place === 0 ? preview.jump : 0}
            volume={isMuted ? 0 : volume}
            onTime={(offset) => preview.onTime(segment.key, offset)}
            onEnd={() => preview.onEnd(segment.key)}
            onWaiting={(isWaiting) => setWaitingFor(isWaiting ? segment.key : null)}
          />
        ))}
        {plays && waitingFor !== null && waitingFor === shown?.key && (
          <div className={classes["loader"]}>
            <Loader color="white" />
          </div>
        )}
      </div>
      <div className={classes["controls"]}>
        <ActionIcon variant="subtle" aria-label={plays ? "Pause preview" : "Play preview"} onClick={preview.toggle}>
          {plays ? <IconPlayerPauseFilled size={18} aria-hidden /> : <IconPlayerPlayFilled size={18} aria-hidden />}
        </ActionIcon>
        <div className={classes["track"]}>
          <input
            type="range"
            aria-label="Position in the preview"
            aria-valuetext={shown && `${tenths(seconds)}, clip ${shown.number}`}
            min={0}
            max={total}
            step="any"
            value={seconds}
            onChange={(event) => preview.seek(event.currentTarget.valueAsNumber)}
          />
          {segments.slice(1).map(({ key, at }) => (
            <span key={key} className={classes["cut"]} style={{ left: `${(at / total) * 100}%` }} />
          ))}
        </div>
        <Text size="xs" c="dimmed" className={classes["time"]}>
          {tenths(seconds)} / {tenths(total)}
        </Text>
        <ActionIcon
          variant="subtle"
          aria-label="Mute preview"
          aria-pressed={isMuted}
          onClick={() => setMuted(!isMuted)}
        >
          {isMuted ? <IconVolumeOff size={18} aria-hidden /> : <IconVolume size={18} aria-hidden />}
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          aria-label="Full screen"
          onClick={() => void stage.current?.requestFullscreen().catch(() => undefined)}
        >
          <IconMaximize size={18} aria-hidden />
        </ActionIcon>
      </div>
      <Text size="xs" c="dimmed">
        {shown && segments.length > 1 ? `Clip ${shown.number}. ` : ""}
        {missing.length > 0 && `Only in the result: ${missing.join(", ")}.`}
      </Text>
    </div>
  );
}

/** "1:02.5" */
function tenths(seconds: number): string {
  return formatMoment(Math.round(seconds * 10) / 10).slice(0, -2);
}
