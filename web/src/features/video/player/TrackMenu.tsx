import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface TrackMenuProps<Value> {
  label: string;
  icon: ReactNode;
  items: readonly { value: Value; label: string }[];
  chosen: Value;
  onChoose: (value: Value) => void;
}

/** A menu of alternatives of a player, such as audio tracks, one of which is chosen. */
export function TrackMenu<Value extends number | null>({ label, icon, items, chosen, onChoose }: TrackMenuProps<Value>) {
  return (
    <Menu
      position="bottom-start"
      withinPortal={false}
      // Which is no child that a menu may have.
      withInitialFocusPlaceholder={false}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={icon}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="16rem" style={{ overflowY: "auto" }}>
        {items.map((item) => (
          <Menu.RadioItem
            key={item.value}
            value={String(item.value)}
            checked={item.value === chosen}
            closeMenuOnClick
            onChange={() => onChoose(item.value)}
          >
            {item.label}
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
