import { VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import { detailOf, isFinished } from "@/api/jobs";
import type { Job } from "@/api/types";
import { endWords, jobTitle, progressWords, statusWords } from "@/lib/jobWords";

const STEPS = 4;

/** Says how far a job is to those who do not see it: at each phase, each quarter and the end. */
export function JobAnnouncer({ job }: { job: Job }) {
  const step = Math.floor((job.progress ?? 0) * STEPS);
  const moment = `${job.id} ${statusWords(job)} ${detailOf(job).phase ?? ""} ${step}`;
  const [said, setSaid] = useState({ moment: "", words: "" });
  if (said.moment !== moment) setSaid({ moment, words: wordsOf(job) });
  return <VisuallyHidden role="status">{said.words}</VisuallyHidden>;
}

function wordsOf(job: Job): string {
  if (isFinished(job)) return `${jobTitle(job)}: ${statusWords(job)}. ${endWords(job)}`;
  return `${jobTitle(job)}: ${job.cancel_requested ? "cancelling" : progressWords(job)}`;
}
