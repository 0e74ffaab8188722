import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Section } from "@/components/ui/Section";

/** Links to the pages that put a library in order. */
export function OrganizeSection() {
  return (
    <Section title="Organize" about="Pages that put the library in order.">
      <Group gap="xs">
        <Anchor renderRoot={(props) => <Link to="/tags" {...props} />}>Tags</Anchor>
        <Text size="sm" c="dimmed">
          Rename, merge and delete tags.
        </Text>
      </Group>
    </Section>
  );
}
