import { useEffect, useEffectEvent } from "react";

import type { Job } from "@/api/types";

type Listener = (job: Job) => void;

const listeners = new Set<Listener>();
const shown = new Set<string>();

/** Tell everybody that `job`, which was active, has ended. */
export function tellJobEnd(job: Job): void {
  for (const listener of listeners) listener(job);
}

/** Calls `listener` once for each job that ends while the page is open. */
export function useJobEnds(listener: Listener): void {
  const current = useEffectEvent(listener);
  useEffect(() => {
    const call: Listener = (job) => current(job);
    listeners.add(call);
    return () => {
      listeners.delete(call);
    };
  }, []);
}

/** Says that the end of this job is seen where it happens, so that nothing else need tell of it. */
export function useShownJob(id: string | null): void {
  useEffect(() => {
    if (id === null) return;
    shown.add(id);
    return () => {
      shown.delete(id);
    };
  }, [id]);
}

export function isJobShown(id: string): boolean {
  return shown.has(id);
}
