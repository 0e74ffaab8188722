import type { Job } from "@/api/types";
import { formatCounted } from "@/lib/format";

const RENDERS: ReadonlySet<string> = new Set(["render", "render-batch"]);

/** A render that has not ended. */
export interface QueuedRender {
  job: Job;
  /** When it starts, in words; undefined for one that does not wait for its turn. */
  place: string | undefined;
}

/** Returns the active renders: those that have started first, then the others in the order in which they start. */
export function queueOf(jobs: readonly Job[]): QueuedRender[] {
  const renders = jobs.filter((job) => RENDERS.has(job.kind));
  const started = renders.filter((job) => job.status !== "queued");
  const waiting = renders
    .filter((job) => job.status === "queued")
    // Ids are UUIDv7, so they sort by time.
    .toSorted((one, other) => other.priority - one.priority || (one.id < other.id ? -1 : 1));
  // Each kind has its own line.
  const before = new Map<string, number>();
  return [
    ...started.map((job) => ({ job, place: undefined })),
    ...waiting.map((job) => {
      const ahead = before.get(job.kind) ?? 0;
      before.set(job.kind, ahead + 1);
      return { job, place: placeWords(ahead) };
    }),
  ];
}

/** Says when a render starts that has `ahead` others before it. */
export function placeWords(ahead: number): string {
  return ahead === 0 ? "Starts next" : `Starts after ${formatCounted(ahead, "other")} in the queue`;
}
