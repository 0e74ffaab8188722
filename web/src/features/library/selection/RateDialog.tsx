import { Button, Group, Modal, Stack, Text } from "@mantine/core";

import { ratingWords } from "@/features/library/selection/ratingWords";
import { formatCounted } from "@/lib/format";

interface RateDialogProps {
  count: number;
  rating: number | null;
  onRate: () => void;
  onClose: () => void;
}

/** Asks before many videos are rated. */
export function RateDialog({ count, rating, onRate, onClose }: RateDialogProps) {
  const videos = formatCounted(count, "video");
  return (
    <Modal opened onClose={onClose} title={`Rate ${videos}?`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">
          {rating === null
            ? `This removes the ratings of ${videos}.`
            : `This rates ${videos} with ${ratingWords(rating)}, also those that have another rating.`}{" "}
          You can undo it.
        </Text>
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            onClick={() => {
              onRate();
              onClose();
            }}
          >
            {rating === null ? "Remove ratings" : `Rate ${videos}`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
