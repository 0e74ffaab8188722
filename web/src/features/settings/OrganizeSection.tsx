import { Anchor, List } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Section } from "@/components/ui/Section";

/** Links to the pages that put a library in order. */
export function OrganizeSection() {
  return (
    <Section title="Organize" about="Pages that put the library in order.">
      <List size="sm" spacing="xs" listStyleType="none">
        <List.Item>
          <Anchor size="sm" underline="always" renderRoot={(props) => <Link to="/tags" {...props} />}>Tags</Anchor>: rename, merge and delete them.
        </List.Item>
        <List.Item>
          <Anchor size="sm" underline="always" renderRoot={(props) => <Link to="/duplicates" {...props} />}>Duplicates</Anchor>: files with the same
          content, and which one to keep.
        </List.Item>
        <List.Item>
          <Anchor size="sm" underline="always" renderRoot={(props) => <Link to="/rules" {...props} />}>Rules</Anchor>: what happens by itself when
          videos come, change or fail.
        </List.Item>
      </List>
    </Section>
  );
}
