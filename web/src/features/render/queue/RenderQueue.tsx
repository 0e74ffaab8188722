import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { activeJobsQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { ActiveJobRow } from "@/components/ui/ActiveJobRow";
import { Section } from "@/components/ui/Section";
import { queueOf } from "@/features/render/queue/renderQueue";

const NONE: readonly Job[] = [];

interface RenderQueueProps {
  /** The id of a render that is shown otherwise. */
  without?: string | undefined;
}

/** The renders that run and wait, with their progress; nothing without any. */
export function RenderQueue({ without }: RenderQueueProps) {
  const { data: jobs = NONE } = useQuery(activeJobsQuery);
  const renders = queueOf(jobs).filter(({ job }) => job.id !== without);
  if (renders.length === 0) return null;
  return (
    <Section title={without === undefined ? "Render queue" : "Other renders"}>
      <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: "none" }}>
        {renders.map(({ job, place }) => (
          <ActiveJobRow
            key={job.id}
            job={job}
            place={place}
            href={job.kind === "render" ? `/render?job=${job.id}` : `/jobs#job-${job.id}`}
          />
        ))}
      </Stack>
    </Section>
  );
}
