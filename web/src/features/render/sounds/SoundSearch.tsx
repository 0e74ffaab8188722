import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { sentenceOf } from "@/api/problem";
import { videosQuery } from "@/api/videos";
import { formatDuration } from "@/lib/format";

const TYPING_MILLISECONDS = 250;
const MOST_SHOWN = 6;

/** Searches the library for a video with audio. */
export function SoundSearch({ onFound }: { onFound: (videoId: string) => void }) {
  const [words, setWords] = useState("");
  const [settled] = useDebouncedValue(words.trim(), TYPING_MILLISECONDS);
  const { data, error } = useQuery(videosQuery({ q: settled, limit: MOST_SHOWN }));
  const found = data?.items.filter((video) => video.audio_codec !== null);
  return (
    <Stack gap={6} align="stretch">
      <TextInput
        size="sm"
        aria-label="Search for a video to take audio from"
        placeholder="Search names, folders, tags"
        value={words}
        error={error ? sentenceOf(error) : undefined}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {found?.map((video) => (
        <Button
          key={video.id}
          variant="default"
          size="xs"
          justify="space-between"
          rightSection={
            <Text span size="xs" c="dimmed">
              {formatDuration(video.duration_seconds)}
            </Text>
          }
          onClick={() => onFound(video.id)}
        >
          {video.title ?? video.name}
        </Button>
      ))}
      {found?.length === 0 && (
        <Text size="sm" c="dimmed">
          No videos with audio match.
        </Text>
      )}
    </Stack>
  );
}
