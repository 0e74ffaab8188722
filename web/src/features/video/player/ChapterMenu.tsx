import { Button, Menu, Text } from "@mantine/core";
import { IconChevronDown, IconListNumbers } from "@tabler/icons-react";

import type { Chapter } from "@/api/types";
import { chapterTitle } from "@/features/video/player/chapters";
import { formatDuration } from "@/lib/format";

interface ChapterMenuProps {
  chapters: readonly Chapter[];
  onSeek: (seconds: number) => void;
}

/** The chapters of a video; each goes there. */
export function ChapterMenu({ chapters, onSeek }: ChapterMenuProps) {
  return (
    <Menu
      position="bottom-start"
      withinPortal={false}
      // Which is no child that a menu may have.
      withInitialFocusPlaceholder={false}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconListNumbers size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Chapters
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="16rem" style={{ overflowY: "auto" }}>
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
      </Menu.Dropdown>
    </Menu>
  );
}
