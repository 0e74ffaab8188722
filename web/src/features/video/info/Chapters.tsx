import { Text, UnstyledButton } from "@mantine/core";

import type { Chapter } from "@/api/types";
import { Section } from "@/components/ui/Section";
import { chapterTitle } from "@/features/video/player/chapters";
import { formatDuration } from "@/lib/format";

import classes from "@/features/video/info/Chapters.module.css";

interface ChaptersProps {
  chapters: readonly Chapter[];
  /** Seeks to a chapter; null without a player. */
  onSeek: ((seconds: number) => void) | null;
}

/** The chapters of a file; each is a button that seeks to it. */
export function Chapters({ chapters, onSeek }: ChaptersProps) {
  if (chapters.length === 0) return null;
  return (
    <Section title="Chapters">
      <ol className={classes["list"]}>
        {chapters.map((chapter, index) => (
          <li key={chapter.start_seconds}>
            <UnstyledButton
              className={classes["chapter"]}
              disabled={onSeek === null}
              onClick={() => onSeek?.(chapter.start_seconds)}
            >
              <Text span size="sm" c="dimmed" className={classes["time"]}>
                {formatDuration(chapter.start_seconds)}
              </Text>
              <Text span size="sm">
                {chapterTitle(chapter, index)}
              </Text>
            </UnstyledButton>
          </li>
        ))}
      </ol>
    </Section>
  );
}
