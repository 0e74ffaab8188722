import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { activeJobsQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { ActiveJobRow } from "@/components/ui/ActiveJobRow";
import { Section } from "@/components/ui/Section";
import { SortableList } from "@/components/ui/SortableList";
import { queueOf, type QueuedRender } from "@/features/render/queue/renderQueue";
import { useQueueOrder } from "@/features/render/queue/useQueueOrder";
import { useJobKinds } from "@/lib/jobKinds";
import { jobTitle } from "@/lib/jobWords";

import classes from "@/features/render/queue/RenderQueue.module.css";

const NONE: readonly Job[] = [];
const KINDS = { render: "Waiting renders", "render-batch": "Waiting batch renders" } as const;

interface RenderQueueProps {
  /** The id of a render that is shown otherwise. */
  without?: string | undefined;
}

/** The renders that run and wait, with their progress; nothing without any. */
export function RenderQueue({ without }: RenderQueueProps) {
  const { data: jobs = NONE } = useQuery(activeJobsQuery);
  const renders = queueOf(jobs).filter(({ job }) => job.id !== without);
  if (renders.length === 0) return null;
  const started = renders.filter(({ place }) => place === undefined);
  return (
    <Section title={without === undefined ? "Render queue" : "Other renders"}>
      <Stack gap="sm">
        {started.length > 0 && (
          <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: "none" }} aria-label="Started renders">
            {started.map(({ job }) => (
              <ActiveJobRow key={job.id} job={job} href={hrefOf(job)} />
            ))}
          </Stack>
        )}
        {Object.entries(KINDS).map(([kind, label]) => (
          <WaitingRenders
            key={kind}
            label={label}
            renders={renders.filter(({ job, place }) => place !== undefined && job.kind === kind)}
          />
        ))}
      </Stack>
    </Section>
  );
}

const keyOf = ({ job }: QueuedRender) => job.id;

/** The waiting renders of a kind, in an order that can be changed. */
function WaitingRenders({ label, renders }: { label: string; renders: readonly QueuedRender[] }) {
  const kinds = useJobKinds();
  const { shown, move } = useQueueOrder(renders);
  if (renders.length === 0) return null;
  return (
    <SortableList
      items={shown}
      keyOf={keyOf}
      nameOf={({ job }) => jobTitle(job, kinds)}
      label={label}
      className={classes["waiting"]}
      onMove={move}
    >
      {({ job, place }, _, handle) => (
        <ActiveJobRow job={job} place={place} href={hrefOf(job)} handle={renders.length > 1 && handle} />
      )}
    </SortableList>
  );
}

function hrefOf(job: Job): string {
  return job.kind === "render" ? `/render?job=${job.id}` : `/jobs#job-${job.id}`;
}
