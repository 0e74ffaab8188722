import { Button, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { usePageTitle } from "@/lib/pageTitle";

export function NotFound() {
  usePageTitle("No such page");
  return (
    <Stack align="center" p="xl" gap="sm">
      <Title order={1} size="h2">
        There is no such page
      </Title>
      <Text c="dimmed">The address may be mistyped, or the page is called otherwise now.</Text>
      <Button component={Link} to="/">
        Go to the library
      </Button>
    </Stack>
  );
}
