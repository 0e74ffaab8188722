import { Menu } from "@mantine/core";
import type { ReactNode } from "react";

import { PlayerMenu } from "@/features/video/player/PlayerMenu";

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
    <PlayerMenu label={label} icon={icon}>
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
    </PlayerMenu>
  );
}
