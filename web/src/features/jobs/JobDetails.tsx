import { Code, Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { JobCounts } from "@/components/ui/JobCounts";
import { JobErrors } from "@/components/ui/JobErrors";
import { JobPassedOver } from "@/components/ui/JobPassedOver";
import { PageLink } from "@/components/ui/PageLink";
import { RenderedFiles } from "@/components/ui/RenderedFiles";
import { formatDateTime, formatDuration } from "@/lib/format";
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
  const facts: [string, unknown][] = [
    ...Object.entries(job.params).filter(([name]) => name !== "undo"),
    ["queued", formatDateTime(job.created_at)],
    ["started", formatDateTime(job.started_at)],
    ["finished", formatDateTime(job.finished_at)],
    ...(job.timeout_seconds === null ? [] : [["deadline", formatDuration(job.timeout_seconds)] as [string, string]]),
    ["attempt", job.attempt],
    ...(job.worker === null ? [] : [["worker", job.worker] as [string, string]]),
    ["id", job.id],
  ];
  return (
    <Stack gap="sm">
      <JobCounts job={job} />
      <JobErrors job={job} />
      <JobPassedOver job={job} />
      <RenderedFiles job={job} />
      {job.kind === "scan" && Boolean(job.result?.["failed"]) && (
        <PageLink href="/?status=bad">Show unreadable files in the library</PageLink>
      )}
      {result.length > 0 && <Facts heading="Result" facts={result} />}
      <Facts heading="Details" facts={facts} />
    </Stack>
  );
}

function Facts({ heading, facts }: { heading: string; facts: [string, unknown][] }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {heading}
      </Text>
      <dl className={classes["facts"]}>
        {facts.map(([name, value]) => (
          <div key={name} className={classes["fact"]}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>{valueWords(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function valueWords(value: unknown) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string" || typeof value === "number") return String(value);
  return <Code block>{JSON.stringify(value, null, 2)}</Code>;
}
