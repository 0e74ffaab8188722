import { Button } from "@mantine/core";
import { IconFolderSearch } from "@tabler/icons-react";

import { preloadScanModal } from "@/app/laterDialogs";
import { useDialogs } from "@/lib/dialogs";

export function ScanButton() {
  const { openScan } = useDialogs();
  return (
    <Button
      size="sm"
      leftSection={<IconFolderSearch size={18} aria-hidden />}
      aria-haspopup="dialog"
      onPointerEnter={preloadScanModal}
      onFocus={preloadScanModal}
      onClick={() => openScan()}
    >
      Scan
    </Button>
  );
}
