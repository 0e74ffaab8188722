import { Title } from "@mantine/core";

export function VideoPage() {
  return (
    <Title order={1} size="h2" p="md">
      Video
    </Title>
  );
}
