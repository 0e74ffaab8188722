import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface PlayerMenuProps {
  label: string;
  icon: ReactNode;
  children: ReactNode;
}

/** A button below the player that opens a menu. */
export function PlayerMenu({ label, icon, children }: PlayerMenuProps) {
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
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}
