import { Group } from "@mantine/core";
import { IconLink } from "@tabler/icons-react";
import type { RefObject } from "react";

import { CopyText } from "@/components/ui/CopyText";
import { formatLinkMoment } from "@/lib/moments";

interface PlayerActionsProps {
  player: RefObject<HTMLVideoElement | null>;
}

/** What can be done with a video that plays, below its player. */
export function PlayerActions({ player }: PlayerActionsProps) {
  return (
    <Group component="section" aria-label="Player actions" gap="xs" mt="xs">
      <CopyText
        label="Copy link at this time"
        icon={<IconLink size={16} aria-hidden />}
        rows={2}
        text={() => linkAt(player.current?.currentTime ?? 0)}
      />
    </Group>
  );
}

function linkAt(seconds: number): string {
  const { origin, pathname } = window.location;
  return `${origin}${pathname}?t=${formatLinkMoment(seconds)}`;
}
