import { Button, CloseButton, Group } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, type RefObject } from "react";

import { play, seekTo } from "@/components/ui/player/playback";
import { formatDuration } from "@/lib/format";

import classes from "@/features/video/player/Player.module.css";

interface ResumeOfferProps {
  slot: string;
  /** The last playback position. */
  seconds: number;
  player: RefObject<HTMLVideoElement | null>;
  onDone: () => void;
}

/** Offers to resume playback; disappears when playback starts. */
export function ResumeOffer({ slot, seconds, player, onDone }: ResumeOfferProps) {
  useEffect(() => {
    const video = player.current;
    video?.addEventListener("play", onDone);
    return () => video?.removeEventListener("play", onDone);
  }, [player, onDone]);

  function resume() {
    const video = player.current;
    if (!video) return;
    seekTo(video, seconds);
    play(video);
    onDone();
  }

  return (
    <Group slot={slot} gap={4} className={classes["offer"]}>
      <Button
        size="compact-sm"
        leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
        onClick={resume}
      >
        Resume at {formatDuration(seconds)}
      </Button>
      <CloseButton variant="subtle" c="white" aria-label="Dismiss" onClick={onDone} />
    </Group>
  );
}
