import { Group, Paper, Text, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

import classes from "@/components/ui/Section.module.css";

interface SectionProps {
  title: string;
  children: ReactNode;
  /** Controls beside the title. */
  aside?: ReactNode;
  /** A description; the section then has no frame, and its content is beside its heading. */
  about?: ReactNode;
}

/** A part of a page with its heading. */
export function Section({ title, children, aside, about }: SectionProps) {
  const id = useId();
  if (about === undefined) {
    return (
      <Paper component="section" withBorder p="md" aria-labelledby={id}>
        <Group justify="space-between" mb="sm" gap="xs">
          <Title order={2} size="h5" id={id}>
            {title}
          </Title>
          {aside}
        </Group>
        {children}
      </Paper>
    );
  }
  return (
    <section aria-labelledby={id} className={classes["wide"]}>
      <div>
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
        <Text size="sm" c="dimmed" mt={4}>
          {about}
        </Text>
        {aside}
      </div>
      <div className={classes["content"]}>{children}</div>
    </section>
  );
}
