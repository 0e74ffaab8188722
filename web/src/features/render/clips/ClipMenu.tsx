import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCopy, IconDots } from "@tabler/icons-react";

import { MOST_CLIPS } from "@/lib/renderDraft";

interface ClipMenuProps {
  /** The position of the clip, from 1. */
  number: number;
  count: number;
  onMove: (step: number) => void;
  onDuplicate: () => void;
}

/** What can be done with a clip, also without dragging it. */
export function ClipMenu({ number, count, onMove, onDuplicate }: ClipMenuProps) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for clip ${number}`}>
          <IconDots size={17} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowUp size={15} aria-hidden />} disabled={number === 1} onClick={() => onMove(-1)}>
          Move up
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowDown size={15} aria-hidden />}
          disabled={number === count}
          onClick={() => onMove(1)}
        >
          Move down
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCopy size={15} aria-hidden />}
          disabled={count >= MOST_CLIPS}
          onClick={onDuplicate}
        >
          Duplicate
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
