import { Title } from "@mantine/core";

export function JobsPage() {
  return (
    <Title order={1} size="h2" p="md">
      Jobs
    </Title>
  );
}
