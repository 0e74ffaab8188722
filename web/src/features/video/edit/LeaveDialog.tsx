import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";

interface LeaveDialogProps {
  unsaved: boolean;
  /** Try to save; whether nothing is left to save. */
  save: () => Promise<boolean>;
}

/** Saves before people leave, and warns them where that does not work. */
export function LeaveDialog({ unsaved, save }: LeaveDialogProps) {
  const { status, proceed, reset } = useBlocker({
    // A dialog that is opened or closed is a step in the history, and leaves nothing.
    shouldBlockFn: async ({ current, next }) =>
      unsaved && current.pathname !== next.pathname && !(await save()),
    enableBeforeUnload: () => unsaved,
    withResolver: true,
  });
  return (
    <Modal
      opened={status === "blocked"}
      onClose={() => reset?.()}
      title="Your notes are not saved"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Text size="sm">
          They could not be saved. This browser keeps them and saves them the next time you open this
          video.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => proceed?.()}>
            Leave
          </Button>
          <Button onClick={() => reset?.()}>Stay here</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
