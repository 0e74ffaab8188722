import { Button, Stack, Text, Title } from "@mantine/core";
import { IconMoodEmpty } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { usePageTitle } from "@/lib/pageTitle";

export function NotFound() {
  usePageTitle("Page not found");
  return (
    <Stack align="center" p="xl" pt={64} gap="sm">
      <IconMoodEmpty size={40} aria-hidden />
      <Title order={1} size="h2" ta="center">
        Page not found
      </Title>
      <Text c="dimmed" ta="center">
        Check the address, or go back to the library.
      </Text>
      <Button component={Link} to="/">
        Go to the library
      </Button>
    </Stack>
  );
}
