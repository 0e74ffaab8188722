import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface LibraryStateProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** The placeholder of an empty list. */
export function LibraryState({ icon, title, children, action }: LibraryStateProps) {
  return (
    <Stack align="center" gap="xs" py={80} px="md" ta="center">
      <Text c="dimmed" component="span" lh={0}>
        {icon}
      </Text>
      <Title order={2} size="h3">
        {title}
      </Title>
      <Text c="dimmed" size="sm" maw={480} component="div">
        {children}
      </Text>
      {action}
    </Stack>
  );
}
