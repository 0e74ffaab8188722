import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconDots, IconPlaylist } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { Collection } from "@/api/collections";
import { NameForm } from "@/components/ui/NameForm";
import { useCollectionChanges } from "@/features/collections/useCollectionActions";
import { formatCounted } from "@/lib/format";
import { releaseImage } from "@/lib/releaseMedia";
import { shownName } from "@/lib/shownName";

import classes from "@/features/collections/CollectionPage.module.css";

/** A collection in the list of all. */
export function CollectionCard({ collection }: { collection: Collection }) {
  const [isRenaming, setRenaming] = useState(false);
  const changes = useCollectionChanges();
  const name = shownName(collection.name);
  return (
    <li className={classes["card"]}>
      <span className={classes["cover"]}>
        {collection.thumbnail_url === null ? (
          <IconPlaylist size="28%" stroke={1.25} aria-hidden />
        ) : (
          <img ref={releaseImage} src={collection.thumbnail_url} alt="" loading="lazy" decoding="async" />
        )}
      </span>
      {isRenaming ? (
        <NameForm
          label={`New name of ${name}`}
          name={collection.name}
          onSave={(next) => changes.rename(collection, next)}
          onClose={() => setRenaming(false)}
        />
      ) : (
        <div className={classes["below"]}>
          <div className={classes["title"]}>
            <Link
              to="/collections/$collectionId"
              params={{ collectionId: collection.id }}
              className={classes["link"]}
            >
              {name}
            </Link>
            <Text size="sm" c="dimmed">
              {formatCounted(collection.count, "video")}
            </Text>
          </div>
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={44} aria-label={`Change ${name}`}>
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setRenaming(true)}>Rename…</Menu.Item>
              <Menu.Item c="var(--mantine-color-error)" onClick={() => void changes.remove(collection)}>
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
    </li>
  );
}
