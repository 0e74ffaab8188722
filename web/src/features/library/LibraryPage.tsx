import { Title } from "@mantine/core";

export function LibraryPage() {
  return (
    <Title order={1} size="h2" p="md">
      Library
    </Title>
  );
}
