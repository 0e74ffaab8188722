import { Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { JobCounts } from "@/components/ui/JobCounts";
import { JobErrors } from "@/components/ui/JobErrors";
import { JobPassedOver } from "@/components/ui/JobPassedOver";
import { PageLink } from "@/components/ui/PageLink";
import { RenderedFiles } from "@/components/ui/RenderedFiles";
import { formatDateTime } from "@/lib/format";
import { detailsOf } from "@/features/jobs/detailWords";
import { useJobKinds } from "@/lib/jobKinds";
import { resultCounts } from "@/lib/jobWords";

import classes from "@/features/jobs/JobCard.module.css";

/** Fields that are shown elsewhere, or are of no interest. */
const SHOWN_ELSEWHERE = new Set(["errors", "elapsed_seconds", "root", "outputs", "folder", "notes", "passed_over", "undo"]);

/** All details of a job, also of an unknown kind. */
export function JobDetails({ job }: { job: Job }) {
  const kinds = useJobKinds();
  const counted = new Set(resultCounts(job, kinds).map((one) => one.name));
  const result = Object.entries(job.result ?? {}).filter(
    ([name, value]) => !counted.has(name) && !SHOWN_ELSEWHERE.has(name) && value !== 0,
  );
  const facts = {
    ...Object.fromEntries(Object.entries(job.params).filter(([name]) => name !== "undo")),
    queued: formatDateTime(job.created_at),
    started: formatDateTime(job.started_at),
    finished: formatDateTime(job.finished_at),
    ...(job.timeout_seconds !== null && { deadline_seconds: job.timeout_seconds }),
    attempt: job.attempt,
    ...(job.worker !== null && { worker: job.worker }),
    job_id: job.id,
  };
  return (
    <Stack gap="sm">
      <JobCounts job={job} />
      <JobErrors job={job} />
      <JobPassedOver job={job} />
      <RenderedFiles job={job} />
      {job.kind === "scan" && Boolean(job.result?.["failed"]) && (
        <PageLink href="/?status=bad">Show unreadable files in the library</PageLink>
      )}
      {result.length > 0 && <Facts heading="Result" facts={Object.fromEntries(result)} />}
      <Facts heading="Details" facts={facts} />
    </Stack>
  );
}

function Facts({ heading, facts }: { heading: string; facts: Record<string, unknown> }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {heading}
      </Text>
      <dl className={classes["facts"]}>
        {detailsOf(facts).map(({ label, lines }) => (
          <div key={label} className={classes["fact"]}>
            <dt>{label}</dt>
            <dd>
              {lines.map(({ text, href }) => (
                <div key={`${text} ${href ?? ""}`}>{href === null ? text : <PageLink href={href}>{text}</PageLink>}</div>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
