import { lazy } from "react";

import { loadingPart } from "@/app/loadingPart";

const load = loadingPart(() => import("@/features/scan/ScanModal"));

/** The scan dialog, loaded when it is first opened. */
export const ScanModal = lazy(async () => ({ default: (await load()).ScanModal }));

/** Has it loaded before it is needed; where that fails, it is tried again then. */
export function preloadScanModal(): void {
  load().catch(() => undefined);
}
