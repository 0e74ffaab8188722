import { describe, expect, it } from "vitest";

import type { Job } from "@/api/types";
import { byName } from "@/lib/jobKinds";
import {
  countWords,
  endWords,
  jobTitle,
  numberWords,
  phaseWords,
  progressWords,
  rateWords,
  resultErrors,
  resultPassedOver,
  statusWords,
  timeLeftWords,
} from "@/lib/jobWords";
import { jobKinds, makeEndedJob, makeJob } from "@/test/jobs";

const kinds = byName(jobKinds);

describe("the title of a job", () => {
  it.each([
    ["scan", { root: "Videos", folder: "holidays" }, "Scan of Videos/holidays"],
    ["scan", { root: "Videos", folder: "" }, "Scan of Videos"],
    ["scan", { root: "Videos", folder: "a", parts: [{ folder: "a" }] }, "Scan of changes in Videos/a"],
    ["scan", { root: "Videos", file: "a/clip.mp4" }, "Scan of Videos/a/clip.mp4"],
    ["scan", { video_ids: ["a", "b"] }, "Scan of 2 videos"],
    ["scan", { query: { status: ["bad"] } }, "Scan of videos found by a search"],
    ["storyboard", {}, "Preview thumbnails of all videos"],
    ["storyboard", { video_ids: ["a"] }, "Preview thumbnails of 1 video"],
    ["render", { name: "holiday" }, "Render of “holiday”"],
    ["make_coffee", {}, "Make coffee"],
  ])("of kind %s with %o is %s", (kind, params, title) => {
    expect(jobTitle(makeJob({ kind, params }), kinds)).toBe(title);
  });
});

it("says how far a job is in one line", () => {
  expect(progressWords(makeJob(), kinds)).toBe(
    "42%, Reading files, 420 of 1,000 files, about 11 seconds left",
  );
});

it("leaves out what is not known", () => {
  const job = makeJob({ progress: null, progress_detail: { phase: "counting", done: 1, unit: "files" } });
  expect(progressWords(job, kinds)).toBe("Counting files, 1 file");
  expect([rateWords(job), timeLeftWords(job)]).toEqual([null, null]);
  expect(countWords(makeJob({ progress_detail: {} }))).toBeNull();
});

it("copes with missing fields of a server of another version", () => {
  const job: Partial<Job> = makeJob();
  delete job.progress_detail;
  expect(progressWords(job as Job, kinds)).toBe("42%, Starting");
  expect(numberWords(job as Job)).toBe("");
  expect(numberWords({ ...job, kind: "render" } as Job)).toBe("");
});

it("says what a job waits for", () => {
  expect(phaseWords(makeJob({ status: "queued", attempt: 0 }), kinds)).toBe("Waiting in the queue");
  expect(phaseWords(makeJob({ status: "queued", attempt: 1 }), kinds)).toBe("Waiting to resume");
  expect(phaseWords(makeJob({ status: "paused" }), kinds)).toBe("Paused");
  expect(phaseWords(makeJob({ progress_detail: { phase: "second_pass" } }), kinds)).toBe("Second pass");
});

it("tells a job that is to stop from one that has", () => {
  expect(statusWords(makeJob({ cancel_requested: true }))).toBe("Cancelling");
  expect(statusWords(makeEndedJob({ status: "cancelled", cancel_requested: true }))).toBe("Cancelled");
});

it("tells how a job ended, what has not changed only where nothing else is to be said", () => {
  expect(endWords(makeEndedJob(), kinds)).toBe("51 added, 2 unreadable.");
  expect(endWords(makeEndedJob({ result: { found: 9, unchanged: 9 } }), kinds)).toBe("9 unchanged.");
  expect(endWords(makeEndedJob({ result: { found: 0 } }), kinds)).toBe("No videos were found.");
  expect(endWords(makeEndedJob({ status: "failed", error: "The disk is gone." }), kinds)).toBe("The disk is gone.");
  expect(endWords(makeEndedJob({ status: "cancelled", result: { added: 3 } }), kinds)).toBe(
    "Cancelled. Kept so far: 3 added.",
  );
});

it("takes results that nobody here has heard of", () => {
  const job = makeEndedJob({ kind: "render", result: { outputs: [], errors: "none", speed: 2 } });
  expect(endWords(job, kinds)).toBe("");
  expect(resultErrors(job)).toEqual([]);
});

it("names what a scan passed over, also for reasons that nobody here has heard of", () => {
  const passedOver = {
    hidden: { count: 3, examples: [".a.mp4"] },
    asleep: { count: 1, examples: ["b.mp4"] },
    broken: 7,
  };
  expect(resultPassedOver(makeEndedJob({ result: { passed_over: passedOver } }))).toEqual([
    { reason: "hidden", words: "hidden", count: 3, examples: [".a.mp4"] },
    { reason: "asleep", words: "asleep", count: 1, examples: ["b.mp4"] },
  ]);
  expect(resultPassedOver(makeEndedJob())).toEqual([]);
});
