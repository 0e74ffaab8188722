import { Alert, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { isFinished, jobQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { JobAnnouncer } from "@/components/ui/JobAnnouncer";
import { JobProgress } from "@/components/ui/JobProgress";
import { PageLink } from "@/components/ui/PageLink";
import { Section } from "@/components/ui/Section";
import { RenderEnd } from "@/features/render/RenderEnd";
import { isCancelling, jobTitle } from "@/lib/jobWords";
import { useConnection } from "@/lib/live/connection";
import { useShownJob } from "@/lib/live/jobEnds";
import { useCancelJob } from "@/lib/live/useJobActions";
import { usePageTitle } from "@/lib/pageTitle";

interface RenderJobProps {
  id: string;
  /** Back to settings. */
  onChange: () => void;
  /** To the form with what a job was asked for. */
  onAgain: (params: Job["params"]) => void;
}

/** A render that was started: how far it is, and what came of it. */
export function RenderJob({ id, onChange, onAgain }: RenderJobProps) {
  const { data: job, error } = useQuery(jobQuery(id));
  useShownJob(id);
  usePageTitle(job ? jobTitle(job) : null);
  if (!job) {
    return error ? (
      <Alert color="red" variant="light" role="alert">
        <Stack gap="xs" align="flex-start">
          {sentenceOf(error)}
          <Button size="compact-sm" variant="default" onClick={onChange}>
            Edit settings
          </Button>
        </Stack>
      </Alert>
    ) : (
      <Skeleton height={180} />
    );
  }
  return (
    <Section title={jobTitle(job)}>
      <JobAnnouncer job={job} />
      {isFinished(job) ? <RenderEnd job={job} onChange={onChange} onAgain={() => onAgain(job.params)} /> : <Active job={job} onChange={onChange} />}
    </Section>
  );
}

function Active({ job, onChange }: { job: Job; onChange: () => void }) {
  const cancel = useCancelJob();
  const offline = useConnection() === "offline";
  const cancelling = cancel.isPending || isCancelling(job);
  return (
    <Stack gap="md">
      {offline && (
        <Alert variant="light" color="orange">
          Cannot reach the server. The render continues when it is back.
        </Alert>
      )}
      <JobProgress job={cancelling ? { ...job, cancel_requested: true } : job} large />
      {cancel.isError && (
        <Alert color="red" variant="light" role="alert">
          {sentenceOf(cancel.error)}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        You can leave this page; the render continues. <PageLink href="/jobs">Jobs</PageLink> shows it too.
      </Text>
      <Group gap="xs" justify="flex-end">
        <Button variant="subtle" onClick={onChange}>
          Back to settings
        </Button>
        <Button
          variant="default"
          aria-disabled={cancelling || undefined}
          onClick={() => {
            if (!cancelling) cancel.mutate(job.id);
          }}
        >
          {cancelling ? "Cancelling…" : "Cancel render"}
        </Button>
      </Group>
    </Stack>
  );
}
