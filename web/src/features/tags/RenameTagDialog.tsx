import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError, sentenceOf } from "@/api/problem";
import { tagNamed, type Tag } from "@/api/tags";
import { renameWords } from "@/features/tags/tagWords";
import { useTagActions } from "@/features/tags/useTagActions";

interface RenameTagDialogProps {
  tag: Tag;
  onClose: () => void;
}

const MOST_LETTERS = 100;

function isTaken(error: unknown): boolean {
  return error instanceof ApiError && error.type === "urn:stoat-ferret:problem:tag-exists";
}

/** Renames a tag; asks before it is merged into one that has the new name. */
export function RenameTagDialog({ tag, onClose }: RenameTagDialogProps) {
  const [name, setName] = useState(tag.name);
  const [into, setInto] = useState<Tag | null>(null);
  const actions = useTagActions();
  const saving = useMutation({
    mutationFn: async (): Promise<Tag | null> => {
      try {
        await (into ? actions.merge(tag, into) : actions.rename(tag, name.trim()));
        return null;
      } catch (error) {
        const other = isTaken(error) ? await tagNamed(name.trim()) : undefined;
        if (!other) throw error;
        return other;
      }
    },
    onSuccess: (other) => (other ? setInto(other) : onClose()),
  });
  const isSame = name.trim() === "" || name.trim() === tag.name;
  return (
    <Modal
      opened
      onClose={onClose}
      title={into ? `Merge “${tag.name}” into “${into.name}”?` : `Rename “${tag.name}”`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSame) saving.mutate();
        }}
      >
        <Stack>
          {!into && (
            <TextInput
              label="New name"
              data-autofocus
              maxLength={MOST_LETTERS}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          {into ? (
            <Alert color="orange" role="alert">
              {renameWords(tag, into)}
            </Alert>
          ) : (
            <Text size="sm" c="dimmed">
              {renameWords(tag, into)}
            </Text>
          )}
          {saving.error && <Alert color="red">{sentenceOf(saving.error)}</Alert>}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending} disabled={isSame}>
              {into ? "Merge" : "Rename"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
