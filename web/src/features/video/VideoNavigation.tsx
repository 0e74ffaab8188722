import { ActionIcon, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";

import { BackLink } from "@/features/video/BackLink";
import { useNeighbours } from "@/features/video/useNeighbours";
import { formatCount } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";

import classes from "@/features/video/VideoView.module.css";

/** Links back to the library, and to the adjacent videos in its list. */
export function VideoNavigation({ videoId }: { videoId: string }) {
  const neighbours = useNeighbours(videoId);
  useShortcuts([
    { keys: "p", label: "Previous video", run: () => neighbours?.previous?.() },
    { keys: "n", label: "Next video", run: () => neighbours?.next?.() },
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
            onClick={() => neighbours.previous?.()}
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
            onClick={() => neighbours.next?.()}
          >
            <IconChevronRight size={18} aria-hidden />
          </ActionIcon>
        </Group>
      )}
    </Group>
  );
}
