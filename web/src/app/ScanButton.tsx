import { Button } from "@mantine/core";
import { IconFolderSearch } from "@tabler/icons-react";

import { useDialogs } from "@/lib/dialogs";

export function ScanButton() {
  const { openScan } = useDialogs();
  return (
    <Button size="compact-md" leftSection={<IconFolderSearch size={18} aria-hidden />} onClick={() => openScan()}>
      Scan
    </Button>
  );
}
