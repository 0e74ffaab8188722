import { expect, it } from "vitest";

import { byName } from "@/lib/jobKinds";
import { endWords, jobTitle, numberWords } from "@/lib/jobWords";
import { renderedFiles } from "@/lib/renderWords";
import { jobKinds, makeEndedJob, makeJob } from "@/test/jobs";

const kinds = byName(jobKinds);

const params = { preset: "web-720p", clips: [{ video_id: "a" }, { video_id: "b" }] };
const outputs = [{ video_id: "c", root: "r", path: "renders/holiday.mp4", size_bytes: 3.2e6, duration_seconds: 2.5 }];

it("says what a render is of", () => {
  expect(jobTitle(makeJob({ kind: "render", params }), kinds)).toBe("Render of 2 clips");
  const job = makeEndedJob({ kind: "render", params, result: { outputs } });
  expect(jobTitle(job, kinds)).toBe("Render of “holiday.mp4”");
  expect(endWords(job, kinds)).toBe("Created holiday.mp4, 3.2 MB.");
});

it("says how fast a render is, and how large it is so far", () => {
  const detail = { done: 12, total: 90, unit: "seconds", phase: "encoding", speed: 0.25, fps: 7.4, size_bytes: 3e6 };
  const job = makeJob({ kind: "render", params, progress_detail: detail });
  expect(numberWords(job)).toBe("0:12 of 1:30 · 0.25× speed · 7 fps · 3 MB so far");
});

it("does not say that something was kept of a render that was cancelled", () => {
  const job = makeEndedJob({ kind: "render", params, status: "cancelled", result: null });
  expect(endWords(job, kinds)).toBe("Cancelled. No file was kept.");
});

it("says how far a render of many videos is, and how it ended", () => {
  const batch = { kind: "render-batch", params: { preset: "web-720p", video_ids: ["a", "b", "c"] } };
  const detail = { done: 1, total: 3, unit: "videos", phase: "rendering", current: "b.mp4", eta_seconds: 10 };
  const job = makeJob({ ...batch, progress_detail: detail });
  expect(jobTitle(job, kinds)).toBe("Batch render of 3 videos");
  expect(numberWords(job)).toBe("1 of 3 videos · about 10 seconds left");
  const result = { found: 3, rendered: 2, failed: 1, outputs };
  const ended = makeEndedJob({ ...batch, result });
  expect(endWords(ended, kinds)).toBe("2 rendered, 1 failed.");
  expect(renderedFiles(ended).map((file) => file.name)).toEqual(["holiday.mp4"]);
  expect(endWords(makeEndedJob({ ...batch, status: "cancelled", result: { ...result, failed: 0 } }), kinds)).toBe(
    "Cancelled. Kept so far: 2 rendered.",
  );
});
