import type { Job, Root } from "@/api/types";
import { folderOfScan } from "@/features/scan/scanFolder";

/** The view of the dialog: the form, or a scan. */
export type ScanView =
  | { name: "choice"; path: string | null }
  | { name: "scan"; id: string; joined: boolean };

/** Returns the view for opening the dialog; `before` is the last one. */
export function viewOnOpening(
  before: ScanView,
  path: string | null,
  activeScans: readonly Job[],
  roots: readonly Root[],
): ScanView {
  if (path !== null) {
    const same = activeScans.find((job) => folderOfScan(job, roots) === path);
    return same ? show(same) : { name: "choice", path };
  }
  if (before.name === "scan" && activeScans.some((job) => job.id === before.id)) return before;
  const running = activeScans.find((job) => job.status === "running") ?? activeScans[0];
  return running ? show(running) : { name: "choice", path: null };
}

function show(job: Job): ScanView {
  return { name: "scan", id: job.id, joined: false };
}
