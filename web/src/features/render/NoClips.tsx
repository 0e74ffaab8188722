import { Button, Stack, Text, Title } from "@mantine/core";
import { IconMovie } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";

import { libraryHref } from "@/lib/libraryPlace";

/** The placeholder of a draft without clips. */
export function NoClips() {
  const navigate = useNavigate();
  return (
    <Stack align="center" ta="center" gap="sm" p="xl">
      <IconMovie size={40} stroke={1.25} aria-hidden />
      <Title order={2} size="h4">
        No clips yet
      </Title>
      <Text c="dimmed" maw="34rem">
        A render creates a new file from one or more clips. Open a video, set its in point (I) and out point (O), and add
        the clip to the render. Or select whole videos in the library, and choose “Render…”.
      </Text>
      <Button onClick={() => void navigate({ href: libraryHref() })}>Go to the library</Button>
    </Stack>
  );
}
