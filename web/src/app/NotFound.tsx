import { Button, Stack, Text, Title } from "@mantine/core";
import { IconMoodEmpty } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { usePageTitle } from "@/lib/pageTitle";

export function NotFound() {
  usePageTitle("No such page");
  return (
    <Stack align="center" p="xl" pt={64} gap="sm">
      <IconMoodEmpty size={40} aria-hidden />
      <Title order={1} size="h2" ta="center">
        There is no such page
      </Title>
      <Text c="dimmed" ta="center">
        The address may be mistyped, or what was here has another one now.
      </Text>
      <Button component={Link} to="/">
        Go to the library
      </Button>
    </Stack>
  );
}
