import { Button, Stack, Text, Title } from "@mantine/core";

import { sentenceOf } from "@/api/problem";

/** For what no page expected, such as a part of the page that an upgrade took away. */
export function RouteError({ error }: { error: unknown }) {
  return (
    <Stack align="center" p="xl" gap="sm" role="alert">
      <Title order={1} size="h2">
        This page could not be shown
      </Title>
      <Text c="dimmed">{sentenceOf(error)}</Text>
      <Button onClick={() => window.location.reload()}>Reload the page</Button>
    </Stack>
  );
}
