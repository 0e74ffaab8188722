import { Button, Group, Modal, Stack, Text } from "@mantine/core";

import { formatCounted } from "@/lib/format";

interface FavouriteDialogProps {
  count: number;
  favourite: boolean;
  onChange: () => void;
  onClose: () => void;
}

/** Asks before many videos are made favourites, or not any more. */
export function FavouriteDialog({ count, favourite, onChange, onClose }: FavouriteDialogProps) {
  const videos = formatCounted(count, "video");
  const title = favourite ? `Add ${videos} to favourites` : `Remove ${videos} from favourites`;
  return (
    <Modal opened onClose={onClose} title={`${title}?`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">You can undo it.</Text>
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            onClick={() => {
              onChange();
              onClose();
            }}
          >
            {favourite ? "Add to favourites" : "Remove from favourites"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
