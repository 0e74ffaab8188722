import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import type { Tag } from "@/api/tags";
import { tagVideos } from "@/features/tags/tagWords";
import { useTagActions } from "@/features/tags/useTagActions";

interface DeleteTagDialogProps {
  tag: Tag;
  onClose: () => void;
}

/** Asks before a tag is removed from all videos. */
export function DeleteTagDialog({ tag, onClose }: DeleteTagDialogProps) {
  const actions = useTagActions();
  const deleting = useMutation({ mutationFn: () => actions.remove(tag), onSuccess: onClose });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Delete the tag “${tag.name}”?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Text size="sm">
          It is removed from {tagVideos(tag)}. The videos stay in the library. You can undo this for 24 hours.
        </Text>
        {deleting.error && <Alert color="red">{sentenceOf(deleting.error)}</Alert>}
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button color="red" loading={deleting.isPending} onClick={() => deleting.mutate()}>
            Delete tag
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
