import { Suspense, useState } from "react";

import { ScanModal, ShortcutSheet } from "@/app/laterDialogs";
import { LoadBoundary } from "@/app/LoadBoundary";
import type { OpenDialog } from "@/lib/useDialogAddress";

interface DialogsProps {
  dialog: OpenDialog | null;
  onClose: () => void;
}

/** The dialogs that belong to no page, each loaded when it is first opened. */
export function Dialogs({ dialog, onClose }: DialogsProps) {
  // Closed dialogs stay mounted, for their transitions and their state.
  const [path, setPath] = useState<string | null>(null);
  const [used, setUsed] = useState({ scan: false, shortcuts: false });
  if (dialog?.name === "scan" && dialog.path !== path) setPath(dialog.path);
  const isScan = dialog?.name === "scan";
  const isShortcuts = dialog?.name === "shortcuts";
  if ((isScan && !used.scan) || (isShortcuts && !used.shortcuts))
    setUsed({ scan: used.scan || isScan, shortcuts: used.shortcuts || isShortcuts });
  return (
    <>
      {used.scan && (
        <LoadBoundary what="the scan dialog" opened={isScan} onClose={onClose}>
          <Suspense>
            <ScanModal opened={isScan} initialPath={path} onClose={onClose} />
          </Suspense>
        </LoadBoundary>
      )}
      {used.shortcuts && (
        <LoadBoundary what="the shortcuts" opened={isShortcuts} onClose={onClose}>
          <Suspense>
            <ShortcutSheet opened={isShortcuts} onClose={onClose} />
          </Suspense>
        </LoadBoundary>
      )}
    </>
  );
}
