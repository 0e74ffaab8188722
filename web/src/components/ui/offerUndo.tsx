import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";

const SHOWN_MILLISECONDS = 10_000;

/** Shows what was done, with a button that undoes it. */
export function offerUndo(message: string, undo: () => void): void {
  const id = notifications.show({
    autoClose: SHOWN_MILLISECONDS,
    closeButtonProps: { "aria-label": "Dismiss" },
    message: (
      <Group justify="space-between" wrap="nowrap">
        {message}
        <Button
          size="compact-sm"
          variant="light"
          mih={{ base: 44, sm: 26 }}
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}
