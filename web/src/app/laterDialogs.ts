import { lazy } from "react";

import { loadingPart } from "@/app/loadingPart";

const loadScan = loadingPart(() => import("@/features/scan/ScanModal"));
const loadShortcuts = loadingPart(() => import("@/features/shortcuts/ShortcutSheet"));

/** The scan dialog, loaded when it is first opened. */
export const ScanModal = lazy(async () => ({ default: (await loadScan()).ScanModal }));

/** Loads it before it is needed; if that fails, it is loaded when it is opened. */
export function preloadScanModal(): void {
  loadScan().catch(() => undefined);
}

/** The shortcuts dialog, loaded when it is first opened. */
export const ShortcutSheet = lazy(async () => ({ default: (await loadShortcuts()).ShortcutSheet }));
