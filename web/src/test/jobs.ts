import type { Job, JobKind } from "@/api/types";

/** The kinds of jobs as sent by the server. */
export const jobKinds: readonly JobKind[] = [
  {
    name: "scan",
    label: "Scan",
    phases: { counting: "Counting files", probing: "Reading files" },
    counts: { found: "found", added: "added", unchanged: "unchanged", failed: "unreadable" },
    runs_in_quiet_hours: false,
  },
  {
    name: "storyboard",
    label: "Preview thumbnails",
    phases: {},
    counts: { made: "created", failed: "failed" },
    runs_in_quiet_hours: false,
  },
  { name: "render", label: "Render", phases: {}, counts: {}, runs_in_quiet_hours: false },
  {
    name: "render-batch",
    label: "Batch render",
    phases: { rendering: "Rendering" },
    counts: { found: "videos", rendered: "rendered", failed: "failed" },
    runs_in_quiet_hours: false,
  },
  { name: "edit-videos", label: "Edit", phases: {}, counts: {}, runs_in_quiet_hours: true },
];

/** Returns a job as sent by the server: a running scan, changed by `facts`. */
export function makeJob(facts: Partial<Job> = {}): Job {
  return {
    id: "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11",
    kind: "scan",
    status: "running",
    params: { root: "Videos", folder: "holidays", recursive: true, force: false },
    progress: 0.42,
    progress_detail: {
      done: 420,
      total: 1000,
      unit: "files",
      phase: "probing",
      current: "holidays/clip.mp4",
      rate: 55.1,
      eta_seconds: 10.5,
    },
    result: null,
    error: null,
    key: "scan:r:Videos:holidays",
    priority: 0,
    attempt: 1,
    revision: 1,
    cancel_requested: false,
    created_at: "2026-01-31T12:00:00Z",
    started_at: "2026-01-31T12:00:00Z",
    finished_at: null,
    timeout_seconds: null,
    worker: "attic:4242",
    ...facts,
  };
}

/** Returns a succeeded job. */
export function makeEndedJob(facts: Partial<Job> = {}): Job {
  return makeJob({
    status: "succeeded",
    revision: 2,
    progress: 1,
    finished_at: "2026-01-31T12:00:12Z",
    result: { root: "Videos", found: 1000, added: 51, unchanged: 947, failed: 2, elapsed_seconds: 12.3 },
    ...facts,
  });
}
