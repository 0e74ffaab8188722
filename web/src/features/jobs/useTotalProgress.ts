import { useState } from "react";

import type { Job } from "@/api/types";
import { advanceTotal, NO_PROGRESS } from "@/features/jobs/totalProgress";

/** Returns the total progress of all active jobs, 0 to 1; null if unknown. */
export function useTotalProgress(active: readonly Job[]): number | null {
  const [state, setState] = useState({ active, progress: advanceTotal(NO_PROGRESS, active) });
  if (state.active === active) return state.progress.fraction;
  const progress = advanceTotal(state.progress, active);
  setState({ active, progress });
  return progress.fraction;
}
