import { ActionIcon, Anchor, Button, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { collectionsOfVideoQuery, COLLECTIONS_KEY, removeFromCollection, type Collection } from "@/api/collections";
import { sentenceOf } from "@/api/problem";
import { showBulkOutcome } from "@/components/ui/bulkNotices";
import { Section } from "@/components/ui/Section";
import { refresh } from "@/lib/live/refresh";
import { shownName } from "@/lib/shownName";
import { useDialogAddress } from "@/lib/useDialogAddress";

import classes from "@/features/video/VideoView.module.css";

const CollectionDialog = lazy(async () => ({
  default: (await import("@/components/ui/collections/CollectionDialog")).CollectionDialog,
}));

/** The collections that a video is in. */
export function CollectionsSection({ videoId }: { videoId: string }) {
  const queryClient = useQueryClient();
  const { dialog, open, close } = useDialogAddress();
  const { data: collections = [] } = useQuery(collectionsOfVideoQuery(videoId));
  const removing = useMutation({
    mutationFn: async (collection: Collection) => ({
      ...(await removeFromCollection(collection.id, [videoId])),
      name: shownName(collection.name),
    }),
    onSuccess: ({ name, changed, undo }) =>
      showBulkOutcome({ count: changed, undo }, () => `Removed from “${name}”.`, ""),
    onSettled: () => refresh(queryClient, COLLECTIONS_KEY),
  });
  return (
    <Section
      title="Collections"
      aside={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => open({ name: "collection" })}
        >
          Add to collection…
        </Button>
      }
    >
      {collections.length === 0 ? (
        <Text size="sm" c="dimmed">
          In no collection
        </Text>
      ) : (
        <ul className={classes["collections"]}>
          {collections.map((one) => (
            <li key={one.id}>
              <Anchor component={Link} to={`/collections/${one.id}`} size="sm">
                {shownName(one.name)}
              </Anchor>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={32}
                aria-label={`Remove from ${shownName(one.name)}`}
                onClick={() => removing.mutate(one)}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      {removing.error && (
        <Text size="sm" c="red" role="alert">
          {sentenceOf(removing.error)}
        </Text>
      )}
      <Suspense>
        {dialog?.name === "collection" && (
          <CollectionDialog count={1} parts={[{ video_ids: [videoId] }]} onClose={close} />
        )}
      </Suspense>
    </Section>
  );
}
