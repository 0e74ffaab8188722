import { Alert, Button, Group, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { isFinished, jobQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { ActiveJob } from "@/components/ui/ActiveJob";
import { JobAnnouncer } from "@/components/ui/JobAnnouncer";
import { PageLink } from "@/components/ui/PageLink";
import { Section } from "@/components/ui/Section";
import { RenderEnd } from "@/features/render/RenderEnd";
import { useJobKinds } from "@/lib/jobKinds";
import { jobTitle } from "@/lib/jobWords";
import { useShownJob } from "@/lib/live/jobEnds";
import { usePageTitle } from "@/lib/pageTitle";

interface RenderJobProps {
  id: string;
  /** Opens the form with the clips that were gathered since. */
  onChange: () => void;
  /** Opens the form with the parameters of a job. */
  onAgain: (params: Job["params"]) => void;
}

/** A submitted render: its progress or its outcome. */
export function RenderJob({ id, onChange, onAgain }: RenderJobProps) {
  const kinds = useJobKinds();
  const { data: job, error } = useQuery(jobQuery(id));
  useShownJob(id);
  usePageTitle(job ? jobTitle(job, kinds) : null);
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
    <Section title={jobTitle(job, kinds)}>
      <JobAnnouncer job={job} />
      {isFinished(job) ? (
        <RenderEnd job={job} onNew={onChange} onAgain={() => onAgain(job.params)} />
      ) : (
        <ActiveJob
          job={job}
          noun="render"
          hint={
            <>
              You can leave this page; the render continues. <PageLink href="/jobs">Jobs</PageLink> shows it too.
            </>
          }
          actions={(jobButtons) => (
            <Group gap="xs" justify="flex-end">
              <Button variant="subtle" onClick={onChange}>
                New render
              </Button>
              <Button variant="subtle" onClick={() => onAgain(job.params)}>
                Edit settings
              </Button>
              {jobButtons}
            </Group>
          )}
        />
      )}
    </Section>
  );
}
