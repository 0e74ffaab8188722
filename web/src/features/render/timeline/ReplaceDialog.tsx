import { Button, Group, Modal, Stack, Text } from "@mantine/core";

import { formatCounted } from "@/lib/format";

interface ReplaceDialogProps {
  /** The name of the timeline to open; null if there is none. */
  waiting: string | null;
  /** The current number of clips. */
  count: number;
  onReplace: () => void;
  onKeep: () => void;
}

/** Asks before a timeline replaces the clips. */
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
          This replaces your {formatCounted(count, "clip")} and options with those in {waiting}.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onKeep}>
            Cancel
          </Button>
          <Button onClick={onReplace} data-autofocus>
            Replace
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
