import { Badge, Group, Text } from "@mantine/core";

import type { VideoDetail } from "@/api/types";
import { codecWords, containerWords } from "@/features/video/info/words";
import {
  formatAgo,
  formatBitRate,
  formatDateTime,
  formatDuration,
  formatFrameRate,
  formatResolution,
  formatSize,
} from "@/lib/format";
import { statusLabels } from "@/lib/videoStatus";

/** The most important facts about a video, in two lines. */
export function Summary({ video }: { video: VideoDetail }) {
  const size = video.width && video.height ? `${video.width} × ${video.height}` : null;
  const parts = [
    video.duration_seconds === null ? null : formatDuration(video.duration_seconds),
    formatSize(video.size_bytes),
    size,
    video.video_codec && codecWords(video.video_codec),
    video.audio_codec && codecWords(video.audio_codec),
    video.frame_rate && formatFrameRate(video.frame_rate),
    video.bit_rate === null ? null : formatBitRate(video.bit_rate),
    video.container && containerWords(video.container),
  ].filter((part) => part !== null && part !== "");
  const resolution = formatResolution(video.width, video.height);
  return (
    <div>
      <Group gap={6} mb={6}>
        {resolution && <Badge variant="default" tt="none">{resolution}</Badge>}
        {video.hdr && <Badge variant="default" tt="none">{video.hdr}</Badge>}
        {video.status !== "ok" && (
          <Badge variant="default" tt="none">
            {statusLabels[video.status]}
          </Badge>
        )}
        <Text size="sm" c="dimmed" title={formatDateTime(video.taken_at ?? video.added_at)}>
          {video.taken_at
            ? `Recorded ${formatDateTime(video.taken_at)}`
            : `Added ${formatAgo(video.added_at)}`}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {parts.join(" · ")}
      </Text>
    </div>
  );
}
