import { ActionIcon, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import type { RefObject } from "react";

import { BackLink } from "@/features/video/BackLink";
import { playNextPlayer } from "@/features/video/player/goOn";
import type { Neighbours } from "@/features/video/useNeighbours";
import { formatCount } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";

import classes from "@/features/video/VideoView.module.css";

interface VideoNavigationProps {
  videoId: string;
  neighbours: Neighbours | null;
  player: RefObject<HTMLVideoElement | null>;
}

/** Links back to the library, and to the adjacent videos in its list; what plays goes on playing. */
export function VideoNavigation({ videoId, neighbours, player }: VideoNavigationProps) {
  const goTo = (open: (() => void) | null | undefined) => () => {
    if (!open) return;
    if (player.current && !player.current.paused) playNextPlayer();
    open();
  };
  const [toPrevious, toNext] = [goTo(neighbours?.previous), goTo(neighbours?.next)];
  useShortcuts([
    { keys: "p", label: "Previous video", run: toPrevious },
    { keys: "n", label: "Next video", run: toNext },
  ]);
  return (
    <Group component="nav" aria-label="Videos" justify="space-between" className={classes["navigation"]}>
      <BackLink videoId={videoId} />
      {neighbours && (
        <Group gap={4}>
          <ActionIcon
            variant="default"
            aria-label="Previous video"
            disabled={!neighbours.previous}
            onClick={toPrevious}
          >
            <IconChevronLeft size={18} aria-hidden />
          </ActionIcon>
          <Text size="sm" c="dimmed" px={4}>
            {formatCount(neighbours.index + 1)} of {formatCount(neighbours.total)}
          </Text>
          <ActionIcon
            variant="default"
            aria-label="Next video"
            disabled={!neighbours.next}
            onClick={toNext}
          >
            <IconChevronRight size={18} aria-hidden />
          </ActionIcon>
        </Group>
      )}
    </Group>
  );
}
