import { Menu, Text } from "@mantine/core";
import { IconListNumbers } from "@tabler/icons-react";

import type { Chapter } from "@/api/types";
import { PlayerMenu } from "@/features/video/player/PlayerMenu";
import { chapterTitle } from "@/features/video/player/chapters";
import { formatDuration } from "@/lib/format";

interface ChapterMenuProps {
  chapters: readonly Chapter[];
  onSeek: (seconds: number) => void;
}

/** The chapters of a video; each goes there. */
export function ChapterMenu({ chapters, onSeek }: ChapterMenuProps) {
  return (
    <PlayerMenu label="Chapters" icon={<IconListNumbers size={16} aria-hidden />}>
      {chapters.map((chapter, index) => (
        <Menu.Item
          key={index}
          rightSection={
            <Text span size="xs" c="dimmed">
              {formatDuration(chapter.start_seconds)}
            </Text>
          }
          onClick={() => onSeek(chapter.start_seconds)}
        >
          {chapterTitle(chapter, index)}
        </Menu.Item>
      ))}
    </PlayerMenu>
  );
}
