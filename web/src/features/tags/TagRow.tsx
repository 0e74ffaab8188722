import { ActionIcon, Anchor, Menu, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { Tag } from "@/api/tags";
import { formatCount, formatCounted } from "@/lib/format";

import classes from "@/features/tags/TagsPage.module.css";

interface TagRowProps {
  tag: Tag;
  onRename: () => void;
  onDelete: () => void;
}

/** A tag with its number of videos, and a menu that changes it. */
export function TagRow({ tag, onRename, onDelete }: TagRowProps) {
  return (
    <li className={classes["row"]}>
      <Anchor className={classes["name"]} renderRoot={(props) => <Link to="/" search={{ tag: [tag.name] }} {...props} />}>
        {tag.name}
      </Anchor>
      <Text size="sm" c="dimmed" className={classes["count"]}>
        {formatCounted(tag.count, "video")}
        {tag.missing > 0 && `, ${formatCount(tag.missing)} missing`}
      </Text>
      <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false} returnFocus>
        <Menu.Target>
          <ActionIcon size={44} variant="subtle" color="gray" aria-label={`Change ${tag.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onRename}>Rename or merge…</Menu.Item>
          <Menu.Item onClick={onDelete}>Delete…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
