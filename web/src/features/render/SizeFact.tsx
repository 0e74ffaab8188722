import { Button } from "@mantine/core";
import { skipToken, useQuery } from "@tanstack/react-query";

import { measuredPlanQuery, type RenderBody, type RenderPlan } from "@/api/renders";
import { sizeWords } from "@/features/render/planWords";

interface SizeFactProps {
  plan: RenderPlan;
  /** The request, if its size can be measured. */
  body: RenderBody | null;
}

const NOTHING = { preset: "", clips: [], options: {} };

/** The expected size, and a button that measures it by encoding a little. */
export function SizeFact({ plan, body }: SizeFactProps) {
  const { data, isError, isFetching, refetch } = useQuery({
    ...measuredPlanQuery(body ?? NOTHING),
    ...(body === null && { queryFn: skipToken }),
    enabled: false,
  });
  return (
    <dd>
      {sizeWords(plan, data, isError)}{" "}
      {body !== null && !data && (
        <Button
          size="compact-xs"
          variant="default"
          title="Encodes a few short parts, for a better estimate"
          loading={isFetching}
          onClick={() => void refetch()}
        >
          Measure
        </Button>
      )}
    </dd>
  );
}
