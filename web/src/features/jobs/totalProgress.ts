import { detailOf } from "@/api/jobs";
import type { Job } from "@/api/types";

/** The total progress of concurrent jobs, from the first start until none is active. */
export interface TotalProgress {
  /** 0 to 1; null if unknown. */
  fraction: number | null;
  parts: ReadonlyMap<string, Part>;
}

interface Part {
  fraction: number | null;
  total: number | null;
}

export const NO_PROGRESS: TotalProgress = { fraction: null, parts: new Map() };

/**
 * Returns the total with the current state of the active jobs.
 *
 * It is the mean of their fractions, weighted by their amounts of work; a job that is still
 * counting has the average weight. Finished jobs count as done until all have finished. So the
 * total only falls when work is added: a new job, or one that has been counted.
 */
export function advanceTotal(before: TotalProgress, active: readonly Job[]): TotalProgress {
  if (active.length === 0) return NO_PROGRESS;
  const parts = new Map<string, Part>(
    [...before.parts].map(([id, part]) => [id, { fraction: 1, total: part.total }]),
  );
  let grew = false;
  for (const job of active) {
    const total = detailOf(job).total ?? null;
    grew ||= (before.parts.get(job.id)?.total ?? null) !== total || !before.parts.has(job.id);
    parts.set(job.id, { fraction: job.progress, total });
  }
  const fraction = weightedMean([...parts.values()]);
  if (fraction === null || grew) return { fraction, parts };
  return { fraction: Math.max(fraction, before.fraction ?? 0), parts };
}

function weightedMean(parts: readonly Part[]): number | null {
  if (parts.every((part) => part.fraction === null)) return null;
  const totals = parts.flatMap((part) => (part.total ? [part.total] : []));
  const usual = totals.length > 0 ? sum(totals) / totals.length : 1;
  const weights = parts.map((part) => (part.total === null ? usual : Math.max(part.total, 1)));
  return sum(parts.map((part, at) => (part.fraction ?? 0) * (weights[at] ?? 0))) / sum(weights);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
