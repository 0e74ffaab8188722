import { ActionIcon } from "@mantine/core";
import { IconKeyboard } from "@tabler/icons-react";

import { useDialogs } from "@/lib/dialogs";

/** Opens the keyboard shortcuts; hidden on phones. */
export function HelpButton() {
  const { openShortcuts } = useDialogs();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      visibleFrom="sm"
      aria-label="Keyboard shortcuts"
      aria-haspopup="dialog"
      title="Keyboard shortcuts (?)"
      onClick={openShortcuts}
    >
      <IconKeyboard size={20} aria-hidden />
    </ActionIcon>
  );
}
