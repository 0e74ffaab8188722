import { useDebouncedValue } from "@mantine/hooks";
import { skipToken, useQuery } from "@tanstack/react-query";

import { ApiError } from "@/api/problem";
import { planQuery, type Preset } from "@/api/renders";
import { faultWords } from "@/features/render/planWords";
import { faultOf, requestOf } from "@/features/render/renderRequest";
import type { RenderDraft } from "@/lib/renderDraft";

const TYPING_MILLISECONDS = 350;
const REFUSED = 500;
const NOTHING = { preset: "", clips: [], options: {} };

/** Returns the plan of a draft, fetched when typing pauses, or the reason why there is none. */
export function usePlan(draft: RenderDraft, preset: Preset | undefined) {
  const text = JSON.stringify(preset ? requestOf(draft, preset) : null);
  const [settled] = useDebouncedValue(text, TYPING_MILLISECONDS);
  const fault = faultOf(draft);
  const body = JSON.parse(settled) as ReturnType<typeof requestOf> | null;
  const options = planQuery(body ?? NOTHING);
  const { data, error, isFetching, refetch } = useQuery({
    ...options,
    ...((fault !== null || body === null) && { queryFn: skipToken }),
  });
  const isCurrent = settled === text && !isFetching;
  // A failed or unanswered request is no reason not to start.
  const isRefused = error instanceof ApiError && error.status !== null && error.status < REFUSED;
  return {
    plan: fault === null && !error ? data : undefined,
    /** The server's objection. */
    error: fault === null ? error : null,
    fault: fault ?? (error ? faultWords(error) : null),
    /** Whether the server would refuse the render. */
    isRefused: fault !== null || isRefused,
    isCurrent: fault !== null || isCurrent,
    refetch,
  };
}
