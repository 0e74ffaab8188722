import { Stack, Text, Title } from "@mantine/core";
import { IconVideoOff } from "@tabler/icons-react";
import { useEffect, useRef } from "react";

import type { VideoDetail } from "@/api/types";
import { PageLink } from "@/components/ui/PageLink";
import { libraryHref } from "@/lib/libraryPlace";
import { usePageTitle } from "@/lib/pageTitle";
import { shownName } from "@/lib/shownName";

/** Shown if the video was removed while its page was open, in another tab or by someone else. */
export function VideoGone({ video }: { video: VideoDetail }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  usePageTitle("Removed");
  return (
    <Stack align="center" p="xl" gap="sm" ta="center">
      <IconVideoOff size={40} aria-hidden />
      <Title ref={heading} tabIndex={-1} order={1} size="h3">
        “{shownName(video.title ?? video.name)}” is no longer in the library
      </Title>
      <Text c="dimmed" maw="36rem">
        It was removed while this page was open, along with its tags, rating and notes. The file was not touched: if it
        still exists, the next scan adds it again as a new video.
      </Text>
      <PageLink href={libraryHref()}>Go to the library</PageLink>
    </Stack>
  );
}
