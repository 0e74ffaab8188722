import { Alert, Button, Group, Modal, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { addToCollection, collectionsQuery, createCollection, type AddBody, type Collection } from "@/api/collections";
import { sentenceOf } from "@/api/problem";
import { showUndoable } from "@/components/ui/bulkNotices";
import { addedWords } from "@/components/ui/collections/addNotice";
import { formatCount, formatCounted } from "@/lib/format";
import { refresh } from "@/lib/live/refresh";
import { shownName } from "@/lib/shownName";

import classes from "@/components/ui/collections/CollectionDialog.module.css";

interface CollectionDialogProps {
  /** The number of videos. */
  count: number;
  /** The videos in parts that fit into one request. */
  parts: readonly AddBody[];
  onAdded?: () => void;
  onClose: () => void;
}

const MOST_CHARACTERS = 100;

/** Adds videos to a collection, old or new. */
export function CollectionDialog({ count, parts, onAdded, onClose }: CollectionDialogProps) {
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState("");
  const { data: known, error } = useQuery(collectionsQuery);
  const name = typed.trim();
  const shown = (known ?? []).filter((one) => isLike(one.name, name));
  const isNew = name !== "" && !(known ?? []).some((one) => isSame(one.name, name));
  const adding = useMutation({
    mutationFn: async (chosen: Collection | string) => {
      const { id, name: target } = typeof chosen === "string" ? await createCollection(chosen) : chosen;
      const total = { name: target, changed: 0, unchanged: 0, undo: [] as string[] };
      for (const part of parts) {
        const { changed, unchanged, undo } = await addToCollection(id, part);
        total.changed += changed;
        total.unchanged += unchanged;
        // A token takes back one part alone; nothing was changed without one.
        if (undo !== null) total.undo.push(undo);
      }
      return total;
    },
    onSuccess: (total) => {
      showUndoable(addedWords(shownName(total.name), total), total.changed === 0 ? null : total.undo);
      onAdded?.();
      onClose();
    },
    onSettled: () => refresh(queryClient, ["collections"]),
  });

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Add ${formatCounted(count, "video")} to a collection`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [only] = shown;
          if (isNew) adding.mutate(name);
          else if (only && (shown.length === 1 || isSame(only.name, name))) adding.mutate(only);
        }}
      >
        <Stack>
          <TextInput
            label="Collection"
            placeholder="Search, or name a new one"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            maxLength={MOST_CHARACTERS}
            data-autofocus
          />
          {(error ?? adding.error) && (
            <Alert color="red" role="alert">
              {sentenceOf(error ?? adding.error)}
            </Alert>
          )}
          {known === undefined && !error && <Skeleton height={40} />}
          {isNew && (
            <Button
              type="submit"
              variant="light"
              leftSection={<IconPlus size={16} aria-hidden />}
              loading={adding.isPending}
            >
              {`Create “${name}”`}
            </Button>
          )}
          {known?.length === 0 && name === "" && (
            <Text size="sm" c="dimmed">
              There are no collections yet. Type a name to create one.
            </Text>
          )}
          {shown.length > 0 && (
            <ul className={classes["list"]} aria-label="Collections">
              {shown.map((one) => (
                <li key={one.id}>
                  <button
                    type="button"
                    className={classes["choice"]}
                    disabled={adding.isPending}
                    onClick={() => adding.mutate(one)}
                  >
                    <span className={classes["name"]}>{shownName(one.name)}</span>
                    <span className={classes["count"]}>{formatCount(one.count)}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const comparison = new Intl.Collator("en", { sensitivity: "base" });

function isSame(one: string, other: string): boolean {
  return comparison.compare(one, other) === 0;
}

function isLike(name: string, part: string): boolean {
  return name.toLocaleLowerCase().includes(part.toLocaleLowerCase()) || isSame(name, part);
}
