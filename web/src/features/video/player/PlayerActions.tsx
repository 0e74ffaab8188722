import { Button, Group, Switch } from "@mantine/core";
import { IconLink, IconRepeat } from "@tabler/icons-react";
import type { ReactNode, RefObject } from "react";

import type { VideoDetail } from "@/api/types";
import { CopyText } from "@/components/ui/CopyText";
import { ChapterMenu } from "@/features/video/player/ChapterMenu";
import { FavouriteButton } from "@/features/video/player/FavouriteButton";
import { WatchedButton } from "@/features/video/player/WatchedButton";
import { formatLinkMoment } from "@/lib/moments";
import { useShortcuts } from "@/lib/shortcuts";

/** A choice that people switch on and off. */
export interface Choice {
  isOn: boolean;
  set: (isOn: boolean) => void;
}

interface PlayerActionsProps {
  video: VideoDetail;
  player: RefObject<HTMLVideoElement | null>;
  plays: boolean;
  /** Goes to a time, in seconds. */
  onSeek: (seconds: number) => void;
  loop: Choice;
  /** Null if the video is in no list. */
  autoplay: Choice | null;
  children?: ReactNode;
}

/** What can be done with a video while it plays, below its player. */
export function PlayerActions({ video, player, plays, onSeek, loop, autoplay, children }: PlayerActionsProps) {
  const chapters = video.media_info?.chapters ?? [];
  useShortcuts(plays ? [{ keys: "L", label: "Loop", run: () => loop.set(!loop.isOn) }] : []);
  return (
    <Group component="section" aria-label="Player actions" gap="xs" mt="xs">
      <FavouriteButton video={video} plays={plays} />
      <WatchedButton video={video} />
      {plays && (
        <>
          <Button
            size="xs"
            variant={loop.isOn ? "light" : "default"}
            aria-pressed={loop.isOn}
            title="Repeats the video, or what is between its in and out points (Shift+L)"
            leftSection={<IconRepeat size={16} aria-hidden />}
            onClick={() => loop.set(!loop.isOn)}
          >
            Loop
          </Button>
          <CopyText
            label="Copy link at this time"
            icon={<IconLink size={16} aria-hidden />}
            rows={2}
            text={() => linkAt(player.current?.currentTime ?? 0)}
          />
          {children}
          {chapters.length > 0 && <ChapterMenu chapters={chapters} onSeek={onSeek} />}
          {autoplay && (
            <Switch
              size="sm"
              label="Play next automatically"
              checked={autoplay.isOn}
              onChange={(event) => autoplay.set(event.currentTarget.checked)}
            />
          )}
        </>
      )}
    </Group>
  );
}

function linkAt(seconds: number): string {
  const { origin, pathname } = window.location;
  return `${origin}${pathname}?t=${formatLinkMoment(seconds)}`;
}
