import { Button, Group, Modal, Stack, Text } from "@mantine/core";

import { formatCounted } from "@/lib/format";

interface ReplaceDialogProps {
  /** The name of the timeline that would be opened; null while none is. */
  waiting: string | null;
  /** How many clips there are now. */
  count: number;
  onReplace: () => void;
  onKeep: () => void;
}

/** Asks before the clips that were gathered make room for a timeline. */
export function ReplaceDialog({ waiting, count, onReplace, onKeep }: ReplaceDialogProps) {
  return (
    <Modal
      opened={waiting !== null}
      onClose={onKeep}
      title="Replace the clips?"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {formatCounted(count, "clip")} and the options that you chose make room for what is in {waiting}.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onKeep}>
            Keep them
          </Button>
          <Button onClick={onReplace} data-autofocus>
            Replace them
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
