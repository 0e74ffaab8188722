import { ActionIcon, Button, Group, Menu, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconDots, IconFileExport, IconLibraryPhoto, IconMovie } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import type { Collection } from "@/api/collections";
import { NameForm } from "@/components/ui/NameForm";
import { useCollectionChanges } from "@/features/collections/useCollectionActions";
import { useRenderCollection } from "@/features/collections/useRenderCollection";
import { formatCounted } from "@/lib/format";
import { MOST_CLIPS, useRenderDraft } from "@/lib/renderDraft";
import { shownName } from "@/lib/shownName";
import { useDialogAddress } from "@/lib/useDialogAddress";

import classes from "@/features/collections/CollectionPage.module.css";

const RenderDialog = lazy(async () => ({
  default: (await import("@/components/ui/clip/RenderDialog")).RenderDialog,
}));

interface CollectionHeadProps {
  collection: Collection;
  /** Called before it is deleted, and if that fails. */
  onDeleting: (isDeleting: boolean) => void;
}

/** The name of a collection, and what can be done with all of it. */
export function CollectionHead({ collection, onDeleting }: CollectionHeadProps) {
  const navigate = useNavigate();
  const { dialog, open, close } = useDialogAddress();
  const [isRenaming, setRenaming] = useState(false);
  const changes = useCollectionChanges();
  const { render, exportTimeline } = useRenderCollection(collection);
  const gathered = useRenderDraft().clips.length;
  const { count } = collection;
  const hasVideos = count > 0;
  const name = shownName(collection.name);

  function startRender() {
    if (gathered > 0 || count > MOST_CLIPS) open({ name: "render" });
    else void render("add");
  }

  async function remove() {
    onDeleting(true);
    if (await changes.remove(collection)) void navigate({ to: "/collections" });
    else onDeleting(false);
  }

  return (
    <>
      <Link to="/collections" className={classes["back"]}>
        <IconArrowLeft size={15} aria-hidden /> Collections
      </Link>
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <div className={classes["title"]}>
          <Title order={1} size="h2" className={classes["name"] ?? ""}>
            {name}
          </Title>
          <Text size="sm" c="dimmed" role="status">
            {formatCounted(count, "video")}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            variant="default"
            mih={{ base: 44, sm: 36 }}
            leftSection={<IconMovie size={16} aria-hidden />}
            disabled={!hasVideos}
            onClick={startRender}
          >
            Render…
          </Button>
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <ActionIcon
                variant="default"
                size={36}
                mih={{ base: 44, sm: 36 }}
                miw={{ base: 44, sm: 36 }}
                aria-label="More for this collection">
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {hasVideos && count <= MOST_CLIPS && (
                <Menu.Item
                  leftSection={<IconFileExport size={16} aria-hidden />}
                  onClick={() => void exportTimeline()}
                >
                  Export timeline
                </Menu.Item>
              )}
              {hasVideos && (
                <Menu.Item
                  leftSection={<IconLibraryPhoto size={16} aria-hidden />}
                  onClick={() => void navigate({ to: "/", search: { collection: collection.id } })}
                >
                  Show in library
                </Menu.Item>
              )}
              <Menu.Item onClick={() => setRenaming(true)}>Rename…</Menu.Item>
              <Menu.Item c="var(--mantine-color-error)" onClick={() => void remove()}>
                Delete collection
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {isRenaming && (
        <NameForm
          label={`New name of ${name}`}
          name={collection.name}
          onSave={(next) => changes.rename(collection, next)}
          onClose={() => setRenaming(false)}
        />
      )}
      <Suspense>
        {dialog?.name === "render" && (
          <RenderDialog count={count} before={gathered} onRender={(how) => void render(how)} onClose={close} />
        )}
      </Suspense>
    </>
  );
}
