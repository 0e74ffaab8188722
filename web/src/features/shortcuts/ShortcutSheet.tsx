import { Modal } from "@mantine/core";

interface ShortcutSheetProps {
  opened: boolean;
  onClose: () => void;
}

export function ShortcutSheet({ opened, onClose }: ShortcutSheetProps) {
  return <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" />;
}
