import { Text, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

import classes from "@/features/settings/Section.module.css";

interface SectionProps {
  title: string;
  /** A sentence under the title. */
  about: ReactNode;
  children: ReactNode;
}

/** One part of the settings: what it is about at the side, what there is beside it. */
export function Section({ title, about, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classes["section"]}>
      <div>
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
        <Text size="sm" c="dimmed" mt={4}>
          {about}
        </Text>
      </div>
      <div className={classes["content"]}>{children}</div>
    </section>
  );
}
