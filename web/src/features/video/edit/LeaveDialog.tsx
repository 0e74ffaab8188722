import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";

interface LeaveDialogProps {
  unsaved: boolean;
  /** Tries to save; returns whether nothing is left to save. */
  save: () => Promise<boolean>;
}

/** Saves before people leave, and warns them if that fails. */
export function LeaveDialog({ unsaved, save }: LeaveDialogProps) {
  const { status, proceed, reset } = useBlocker({
    // Opening and closing a dialog are steps in the history that leave nothing.
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
