import { useEffect, useEffectEvent } from "react";

import type { Job } from "@/api/types";

type Listener = (job: Job) => void;

const listeners = new Set<Listener>();
const shown = new Set<string>();

/** Notifies the listeners that an active job has ended. */
export function notifyJobEnd(job: Job): void {
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

/** Marks a job as visible, so that no notice is shown when it ends. */
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
