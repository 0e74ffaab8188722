import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconVideoOff } from "@tabler/icons-react";

import { ApiError, NOT_FOUND, sentenceOf } from "@/api/problem";
import { PageLink } from "@/components/ui/PageLink";
import { libraryHref } from "@/lib/libraryPlace";

interface VideoProblemProps {
  error: unknown;
  retrying: boolean;
  onRetry: () => void;
}

/** Shown if a video does not exist, or could not be loaded. */
export function VideoProblem({ error, retrying, onRetry }: VideoProblemProps) {
  const unknown = error instanceof ApiError && error.status === NOT_FOUND;
  return (
    <Stack align="center" p="xl" gap="sm" ta="center">
      <IconVideoOff size={40} aria-hidden />
      <Title order={1} size="h3">
        {unknown ? "This video is not in the library" : "This video could not be loaded"}
      </Title>
      <Text c="dimmed" maw="36rem">
        {unknown
          ? "It may have been removed, or the address may be wrong."
          : sentenceOf(error)}
      </Text>
      <Group>
        {!unknown && (
          <Button onClick={onRetry} loading={retrying}>
            Try again
          </Button>
        )}
        <PageLink href={libraryHref()}>Go to the library</PageLink>
      </Group>
    </Stack>
  );
}
