import { useDebouncedValue } from "@mantine/hooks";
import { skipToken, useQuery } from "@tanstack/react-query";

import { ApiError } from "@/api/problem";
import { planQuery, type Preset } from "@/api/renders";
import { faultWords } from "@/features/render/planWords";
import { faultOf, requestOf } from "@/features/render/renderRequest";
import type { RenderDraft } from "@/lib/renderDraft";

const TYPING_MILLISECONDS = 350;
const REFUSED = 500;

/** What a draft would make, asked for when people pause, and why it cannot be made. */
export function usePlan(draft: RenderDraft, preset: Preset) {
  const text = JSON.stringify(requestOf(draft, preset));
  const [settled] = useDebouncedValue(text, TYPING_MILLISECONDS);
  const fault = faultOf(draft);
  const options = planQuery(JSON.parse(settled) as ReturnType<typeof requestOf>);
  const { data, error, isFetching, refetch } = useQuery({
    ...options,
    ...(fault !== null && { queryFn: skipToken }),
  });
  const isCurrent = settled === text && !isFetching;
  // What the server did not find out, or nobody answered, is no reason not to start.
  const isRefused = error instanceof ApiError && error.status !== null && error.status < REFUSED;
  return {
    plan: fault === null && !error ? data : undefined,
    fault: fault ?? (error ? faultWords(error) : null),
    /** Whether the server would refuse it. */
    isRefused: fault !== null || isRefused,
    isCurrent: fault !== null || isCurrent,
    refetch,
  };
}
