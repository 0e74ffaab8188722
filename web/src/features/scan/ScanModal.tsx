import { Modal } from "@mantine/core";

interface ScanModalProps {
  opened: boolean;
  /** Absolute path of the folder that is chosen at first; null: none. */
  initialPath: string | null;
  onClose: () => void;
}

export function ScanModal({ opened, onClose }: ScanModalProps) {
  return <Modal opened={opened} onClose={onClose} title="Scan a folder" />;
}
