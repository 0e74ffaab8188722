import { Button, Group, Text } from "@mantine/core";
import { IconPlayerPlay, IconVideoOff } from "@tabler/icons-react";

import type { VideoDetail } from "@/api/types";
import { RenderVersionButton } from "@/components/ui/clip/RenderVersionButton";
import { canPlay, whyNot } from "@/components/ui/player/canPlay";
import { DownloadButton } from "@/features/video/file/DownloadButton";
import { releaseImage } from "@/lib/releaseMedia";

import classes from "@/features/video/player/Player.module.css";

interface RefusalProps {
  video: VideoDetail;
  /** Plays it anyway. */
  onInsist: () => void;
}

/** Shown instead of a player if the file cannot be played: the reason and the options. */
export function Refusal({ video, onInsist }: RefusalProps) {
  return (
    <>
      {video.thumbnail_url && (
        <img ref={releaseImage} className={classes["poster"]} src={`${video.thumbnail_url}&width=640`} alt="" />
      )}
      <div className={classes["refusal"]}>
        <IconVideoOff size={36} aria-hidden />
        <Text fw={600} size="lg">
          {headingOf(video)}
        </Text>
        <Text maw="36rem">{whyNot(video)}</Text>
        {video.stream_url && (
          <>
            {video.playable && (
              <Text maw="36rem" size="sm">
                Download it, or open it in a player such as VLC (see “File location” for its path).
              </Text>
            )}
            <Group justify="center" gap="xs">
              {video.status === "ok" && video.playable && <RenderVersionButton videoId={video.id} />}
              <DownloadButton video={video} />
              {video.playable && !canPlay(video) && (
                <Button
                  variant="default"
                  leftSection={<IconPlayerPlay size={16} aria-hidden />}
                  onClick={onInsist}
                >
                  Play anyway
                </Button>
              )}
            </Group>
          </>
        )}
      </div>
    </>
  );
}

function headingOf(video: VideoDetail): string {
  if (video.status === "missing") return "The file is missing";
  if (video.status === "bad") return "This file could not be read";
  return video.playable ? "Your browser cannot play this file" : "This file contains no video";
}
