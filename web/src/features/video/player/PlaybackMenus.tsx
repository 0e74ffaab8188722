import { Text } from "@mantine/core";
import { IconAdjustments, IconBadgeCc, IconVolume } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { RefObject } from "react";

import { playbackQuery } from "@/api/playback";
import type { VideoDetail } from "@/api/types";
import { isConvertible, type PlaybackSource } from "@/components/ui/player/playbackSource";
import { useShownText } from "@/features/video/player/useShownText";
import { TrackMenu } from "@/features/video/player/TrackMenu";
import { trackName } from "@/features/video/player/trackName";
import type { Quality } from "@/components/ui/player/useHls";

interface PlaybackMenusProps {
  video: VideoDetail;
  source: PlaybackSource;
  quality: Quality | null;
  onAudio: (index: number | null) => void;
  /** Takes the subtitles to draw into the video; null for none. */
  onBurned: (index: number | null) => void;
  player: RefObject<HTMLVideoElement | null>;
}

/** The tracks and the quality of what plays, and whether it is converted. */
export function PlaybackMenus({ video, source, quality, onAudio, onBurned, player }: PlaybackMenusProps) {
  const { data } = useQuery(playbackQuery(video.id));
  const tracks = data?.audio ?? [];
  const subtitles = data?.subtitles.filter((track) => track.url !== null || isConvertible(video)) ?? [];
  const texts = subtitles.filter((track) => track.url !== null);
  const [text, setText] = useShownText(player, texts.length > 0);

  function chooseSubtitles(index: number | null) {
    const place = texts.findIndex((track) => track.index === index);
    setText(place < 0 ? null : place);
    onBurned(place < 0 ? index : null);
  }

  return (
    <>
      {tracks.length > 1 && isConvertible(video) && (
        <TrackMenu
          label="Audio"
          icon={<IconVolume size={16} aria-hidden />}
          items={tracks.map((track, place) => ({ value: track.index, label: `${trackName(track, place)} (${channelsOf(track)})` }))}
          chosen={source.audio ?? tracks[0]?.index ?? 0}
          onChoose={(index) => onAudio(index === tracks[0]?.index ? null : index)}
        />
      )}
      {subtitles.length > 0 && (
        <TrackMenu<number | null>
          label="Subtitles"
          icon={<IconBadgeCc size={16} aria-hidden />}
          items={[
            { value: null, label: "Off" },
            ...subtitles.map((track, place) => ({
              value: track.index,
              label: `${trackName(track, place)}${track.url === null ? " (burned in)" : ""}`,
            })),
          ]}
          chosen={source.burned ?? (text === null ? null : (texts[text]?.index ?? null))}
          onChoose={chooseSubtitles}
        />
      )}
      {quality && (
        <TrackMenu<number | null>
          label="Quality"
          icon={<IconAdjustments size={16} aria-hidden />}
          items={[
            { value: null, label: "Auto" },
            ...quality.heights.map((height) => ({ value: height, label: `${height.toString()}p` })),
          ]}
          chosen={quality.chosen}
          onChoose={quality.choose}
        />
      )}
      {source.way === "converted" && (
        <Text size="xs" c="dimmed">
          Converted while it plays. {data?.reason}
        </Text>
      )}
    </>
  );
}

function channelsOf({ channels }: { channels: number }): string {
  if (channels > 2) return `${channels.toString()} channels`;
  return channels === 1 ? "mono" : "stereo";
}
