import { Group } from "@mantine/core";
import { IconLink } from "@tabler/icons-react";
import type { RefObject } from "react";

import type { VideoDetail } from "@/api/types";
import { CopyText } from "@/components/ui/CopyText";
import { WatchedButton } from "@/features/video/player/WatchedButton";
import { formatLinkMoment } from "@/lib/moments";

interface PlayerActionsProps {
  video: VideoDetail;
  player: RefObject<HTMLVideoElement | null>;
  plays: boolean;
}

/** What can be done with a video while it plays, below its player. */
export function PlayerActions({ video, player, plays }: PlayerActionsProps) {
  return (
    <Group component="section" aria-label="Player actions" gap="xs" mt="xs">
      <WatchedButton video={video} />
      {plays && (
        <CopyText
          label="Copy link at this time"
          icon={<IconLink size={16} aria-hidden />}
          rows={2}
          text={() => linkAt(player.current?.currentTime ?? 0)}
        />
      )}
    </Group>
  );
}

function linkAt(seconds: number): string {
  const { origin, pathname } = window.location;
  return `${origin}${pathname}?t=${formatLinkMoment(seconds)}`;
}
