import { detailOf, isFinished } from "@/api/jobs";
import type { Job, JobStatus } from "@/api/types";
import { formatCount, formatCounted, formatPercent, formatTimeLeft } from "@/lib/format";
import type { JobKinds } from "@/lib/jobKinds";
import { renderEndWords, renderNumbers, renderTarget } from "@/lib/renderWords";

/** Jobs in words, the same wherever one is shown; what depends on its kind comes from the server. */

/** The statuses in the order of a job's life, with their labels. */
export const jobStatusLabels: Readonly<Record<JobStatus, string>> = {
  queued: "Queued",
  running: "Running",
  paused: "Paused",
  succeeded: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
  timed_out: "Timed out",
};

/** The label of a kind: "Scan". */
export function kindLabel(kind: string, kinds: JobKinds): string {
  return kinds.get(kind)?.label ?? sentenceCase(kind);
}

/** What a job does to what: "Scan of Videos/holidays". */
export function jobTitle(job: Job, kinds: JobKinds): string {
  const kind = kindLabel(job.kind, kinds);
  const target = targetOf(job);
  return target === null ? kind : `${kind} of ${target}`;
}

export function statusWords(job: Job): string {
  return isCancelling(job) ? "Cancelling" : jobStatusLabels[job.status];
}

/** Returns whether a job was asked to stop and has not stopped yet. */
export function isCancelling(job: Job): boolean {
  return job.cancel_requested && !isFinished(job);
}

/** The label of the current phase: "Reading files". */
export function phaseWords(job: Job, kinds: JobKinds): string {
  if (job.status === "queued") return job.attempt > 0 ? "Waiting to resume" : "Waiting in the queue";
  if (job.status === "paused") return "Paused";
  const { phase } = detailOf(job);
  if (!phase) return "Starting";
  return kinds.get(job.kind)?.phases[phase] ?? sentenceCase(phase);
}

/** "420 of 1,000 files"; null if nothing has been counted. */
export function countWords(job: Job): string | null {
  const { done, total, unit } = detailOf(job);
  if (typeof done !== "number") return null;
  const one = unit?.replace(/s$/, "") ?? "";
  if (typeof total !== "number") return formatCounted(done, one, unit ?? "").trim();
  return `${formatCount(done)} of ${formatCounted(total, one, unit ?? "")}`.trim();
}

/** "55.1 files/s"; null if unknown. */
export function rateWords(job: Job): string | null {
  const { rate, unit } = detailOf(job);
  if (typeof rate !== "number" || !unit) return null;
  const rounded = Number(rate.toFixed(rate < 10 ? 1 : 0));
  return `${formatCounted(rounded, unit.replace(/s$/, ""), unit)}/s`;
}

/** The numbers of an active job: counts, rate and time left. */
export function numberWords(job: Job): string {
  if (job.status === "paused") return countWords(job) ?? "";
  const parts = job.kind === "render" ? renderNumbers(job) : [countWords(job), rateWords(job)];
  return [...parts, timeLeftWords(job)].filter((part) => part !== null).join(" · ");
}

/** "about 10 seconds left"; null if unknown. */
export function timeLeftWords(job: Job): string | null {
  const seconds = detailOf(job).eta_seconds;
  if (typeof seconds !== "number" || job.progress === 1 || job.status === "paused") return null;
  return seconds < 1 ? "less than a second left" : `about ${formatTimeLeft(seconds)} left`;
}

/** The whole progress in one line, for screen readers. */
export function progressWords(job: Job, kinds: JobKinds): string {
  const percent = job.progress === null ? null : formatPercent(job.progress);
  const parts = [percent, phaseWords(job, kinds), countWords(job), timeLeftWords(job)];
  return parts.filter((part) => part !== null).join(", ");
}

/** The run time in seconds; null if it has not ended or never started. */
export function runSeconds(job: Job): number | null {
  const elapsed = job.result?.["elapsed_seconds"];
  if (typeof elapsed === "number") return elapsed;
  if (!job.started_at || !job.finished_at) return null;
  return (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000;
}

/** Returns the token that undoes what a job has edited; null if there is nothing to undo. */
export function undoOf(job: Job): string | null {
  const { undo, edited, removed } = job.result ?? {};
  const hasEdited = Boolean(edited) || Boolean(removed);
  return isFinished(job) && typeof undo === "string" && hasEdited ? undo : null;
}

/** Returns whether a finished job can be run again: an edit that was made completely is not made twice. */
export function isRepeatable(job: Job): boolean {
  return job.status !== "succeeded" || !["edit-videos", "undo-edit"].includes(job.kind);
}

/** The nonzero counts of a result, each with the words that follow the number. */
export function resultCounts(job: Job, kinds: JobKinds): { name: string; value: number; words: string }[] {
  return Object.entries(kinds.get(job.kind)?.counts ?? {}).flatMap(([name, words]) => {
    const value = job.result?.[name];
    return typeof value === "number" && value !== 0 ? [{ name, value, words }] : [];
  });
}

/** "51 added, 2 unreadable"; null if the result has no counts. */
export function resultWords(job: Job, kinds: JobKinds): string | null {
  const found = resultCounts(job, kinds);
  const parts = found.filter((one) => one.name !== "found");
  const news = parts.filter((one) => one.name !== "unchanged");
  const told = news.length > 0 ? news : parts;
  if (told.length === 0) return null;
  return told.map((one) => `${formatCount(one.value)} ${one.words}`).join(", ");
}

/** A sentence about how a job ended. */
export function endWords(job: Job, kinds: JobKinds): string {
  const result = job.kind === "render" ? null : resultWords(job, kinds);
  switch (job.status) {
    case "cancelled":
      if (job.kind === "render") return "Cancelled. No file was kept.";
      return `Cancelled. ${result ? `Kept so far: ${result}.` : "Nothing was changed."}`;
    case "failed":
    case "timed_out":
      return job.error ?? "Unknown reason.";
    default:
      if (job.kind === "render") return renderEndWords(job) ?? "";
      return result ? `${sentenceCase(result)}.` : job.kind === "scan" ? "No videos were found." : "";
  }
}

/** The errors of a result, each with its reason. */
export function resultErrors(job: Job): { path: string; reason: string }[] {
  const errors: unknown = job.result?.["errors"];
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null || !("path" in one) || !("reason" in one)) return [];
    return [{ path: String(one.path), reason: String(one.reason) }];
  });
}

const PASSED_OVER_WORDS: Record<string, string> = {
  hidden: "hidden",
  excluded: "in excluded folders, or in folders with .nomedia",
  ignored: "matched by .stoatignore",
  link: "broken links, or links to folders that are scanned anyway",
  extension: "without a video extension",
};

export interface PassedOver {
  reason: string;
  words: string;
  count: number;
  examples: string[];
}

/** What a scan ignored, by reason. */
export function resultPassedOver(job: Job): PassedOver[] {
  const passedOver: unknown = job.result?.["passed_over"];
  if (typeof passedOver !== "object" || passedOver === null) return [];
  return Object.entries(passedOver).flatMap(([reason, one]: [string, unknown]) => {
    if (typeof one !== "object" || one === null || !("count" in one) || !("examples" in one)) return [];
    const examples = Array.isArray(one.examples) ? one.examples.map(String) : [];
    return [{ reason, words: PASSED_OVER_WORDS[reason] ?? reason, count: Number(one.count), examples }];
  });
}

function targetOf(job: Job): string | null {
  const { root, folder, file, name, parts, query, video_ids: videoIds } = job.params;
  if (Array.isArray(videoIds)) return formatCounted(videoIds.length, "video");
  if (typeof root === "string" && typeof file === "string") return `${root}/${file}`;
  if (typeof query === "object" && query !== null) return "videos found by a search";
  if (typeof root === "string") {
    const place = typeof folder === "string" && folder ? `${root}/${folder}` : root;
    return Array.isArray(parts) ? `changes in ${place}` : place;
  }
  if (typeof name === "string" && name) return `“${name}”`;
  if (job.kind === "render") return renderTarget(job);
  return job.kind === "storyboard" ? "all videos" : null;
}

function sentenceCase(words: string): string {
  const spaced = words.replaceAll(/[_-]/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
