import { lazy } from "react";

import { loadingPart } from "@/app/loadingPart";

const loadScan = loadingPart(() => import("@/features/scan/ScanModal"));
const loadShortcuts = loadingPart(() => import("@/features/shortcuts/ShortcutSheet"));

/** The scan dialog, loaded when it is first opened. */
export const ScanModal = lazy(async () => ({ default: (await loadScan()).ScanModal }));

/** Has it loaded before it is needed; where that fails, it is tried again then. */
export function preloadScanModal(): void {
  loadScan().catch(() => undefined);
}

/** The sheet of shortcuts, loaded when it is first opened. */
export const ShortcutSheet = lazy(async () => ({ default: (await loadShortcuts()).ShortcutSheet }));
