import type { VideoStatus } from "@/api/types";

/** The statuses of videos, in the order in which they are listed, with their labels. */
export const statusLabels: Readonly<Record<VideoStatus, string>> = {
  ok: "OK",
  bad: "Unreadable",
  skipped: "Skipped",
  missing: "Missing",
};
