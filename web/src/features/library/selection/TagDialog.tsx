import { Alert, Button, Group, Modal, Stack, TagsInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { tagsQuery } from "@/api/tags";
import { MOST_UNASKED } from "@/features/library/selection/selectedVideos";
import type { Selection } from "@/features/library/selection/useSelection";
import { formatCounted } from "@/lib/format";

interface TagDialogProps {
  count: number;
  selection: Selection;
  onSave: (add: string[], remove: string[]) => Promise<void>;
  onClose: () => void;
}

const MOST_LETTERS = 100;

/** Adds tags to the selected videos, and removes tags. */
export function TagDialog({ count, selection, onSave, onClose }: TagDialogProps) {
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const [typed, setTyped] = useState("");
  const [isSaving, setSaving] = useState(false);
  const [asks, setAsks] = useState(false);
  const [q] = useDebouncedValue(typed, 150);
  const { data: known } = useQuery(tagsQuery(q));
  const names = known?.items.map((tag) => tag.name) ?? [];
  const there =
    selection.kind === "all"
      ? names
      : [...new Set([...selection.videos.values()].flatMap((video) => video.tags))].sort();

  const videos = formatCounted(count, "video");

  async function save() {
    if (count > MOST_UNASKED && !asks) {
      setAsks(true);
      return;
    }
    setSaving(true);
    await onSave(add, remove);
    onClose();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Tags of ${videos}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <TagsInput
          label="Add"
          description="Press Enter after each tag."
          data={names}
          value={add}
          onChange={setAdd}
          searchValue={typed}
          onSearchChange={setTyped}
          maxLength={MOST_LETTERS}
          comboboxProps={{ withinPortal: false }}
          data-autofocus
          acceptValueOnBlur
          clearable
        />
        <TagsInput
          label="Remove"
          data={there}
          value={remove}
          onChange={setRemove}
          maxLength={MOST_LETTERS}
          comboboxProps={{ withinPortal: false }}
          clearable
        />
        {asks && (
          <Alert color="orange" role="alert">
            {`This changes the tags of ${videos}. You can undo it.`}
          </Alert>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {asks ? "Cancel" : "Close"}
          </Button>
          <Button loading={isSaving} disabled={add.length + remove.length === 0} onClick={() => void save()}>
            {asks ? `Change ${videos}` : "Save"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
