import type { Which } from "@/api/bulk";

/** The videos to render each by itself; kept in the history, so that going back and reloading find them. */
export interface RenderBatch {
  which: Which;
  count: number;
}

declare module "@tanstack/react-router" {
  interface HistoryState {
    batch?: RenderBatch;
  }
}
