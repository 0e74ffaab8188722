import { VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import { detailOf, isFinished } from "@/api/jobs";
import type { Job } from "@/api/types";
import { useJobKinds, type JobKinds } from "@/lib/jobKinds";
import { endWords, jobTitle, progressWords, statusWords } from "@/lib/jobWords";

const STEPS = 4;

/** Announces the progress to screen readers: each phase, each quarter and the end. */
export function JobAnnouncer({ job }: { job: Job }) {
  const kinds = useJobKinds();
  const step = Math.floor((job.progress ?? 0) * STEPS);
  const moment = `${job.id} ${statusWords(job)} ${detailOf(job).phase ?? ""} ${step}`;
  const [said, setSaid] = useState({ moment: "", words: "" });
  if (said.moment !== moment) setSaid({ moment, words: wordsOf(job, kinds) });
  return <VisuallyHidden role="status">{said.words}</VisuallyHidden>;
}

function wordsOf(job: Job, kinds: JobKinds): string {
  if (isFinished(job)) return `${jobTitle(job, kinds)}: ${statusWords(job)}. ${endWords(job, kinds)}`;
  return `${jobTitle(job, kinds)}: ${job.cancel_requested ? "cancelling" : progressWords(job, kinds)}`;
}
