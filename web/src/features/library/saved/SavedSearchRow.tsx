import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { savedCountQuery, type SavedSearch } from "@/api/searches";
import { NameForm } from "@/components/ui/NameForm";
import { formatCount } from "@/lib/format";

import classes from "@/features/library/filters/FacetList.module.css";

interface SavedSearchRowProps {
  search: SavedSearch;
  /** Whether the list is that of this search. */
  isShown: boolean;
  onOpen: () => void;
  onRename: (name: string) => Promise<boolean>;
  onMove: (by: 1 | -1) => void;
  canMove: { up: boolean; down: boolean };
  /** Saves the current search under this name, if there is one. */
  onReplace?: () => void;
  onDelete: () => void;
}

/** A saved search, with a menu that changes it. */
export function SavedSearchRow(props: SavedSearchRowProps) {
  const { search, isShown, onOpen, onRename, onMove, canMove, onReplace, onDelete } = props;
  const [isRenaming, setRenaming] = useState(false);
  const { data: count } = useQuery(savedCountQuery(search.query));
  if (isRenaming) {
    return (
      <NameForm label={`New name of ${search.name}`} name={search.name} onSave={onRename} onClose={() => setRenaming(false)} />
    );
  }
  return (
    <div className={classes["row"]}>
      <button type="button" className={classes["choice"]} aria-pressed={isShown} onClick={onOpen}>
        <span className={classes["label"]} title={search.name}>
          {search.name}
        </span>
        {count !== undefined && <span className={classes["count"]}>{formatCount(count)}</span>}
      </button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon className={classes["menu"]} variant="subtle" color="gray" aria-label={`Change ${search.name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setRenaming(true)}>Rename…</Menu.Item>
          {onReplace && !isShown && <Menu.Item onClick={onReplace}>Replace with current search</Menu.Item>}
          {canMove.up && <Menu.Item onClick={() => onMove(-1)}>Move up</Menu.Item>}
          {canMove.down && <Menu.Item onClick={() => onMove(1)}>Move down</Menu.Item>}
          <Menu.Item c="var(--mantine-color-error)" onClick={onDelete}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
