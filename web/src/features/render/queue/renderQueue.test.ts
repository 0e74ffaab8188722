import { expect, test } from "vitest";

import type { Job } from "@/api/types";
import { queueOf } from "@/features/render/queue/renderQueue";
import { makeJob } from "@/test/jobs";

function render(id: string, facts: Partial<Job> = {}): Job {
  return makeJob({ kind: "render", status: "queued", id, ...facts });
}

test("renders that have started come first, then those that wait, in the order in which they start", () => {
  const jobs = [
    render("3"),
    render("1", { status: "running" }),
    render("2"),
    render("5", { kind: "scan" }),
    render("6", { priority: 1 }),
    render("4", { kind: "render-batch" }),
    render("0", { status: "paused" }),
  ];
  expect(queueOf(jobs).map(({ job, place }) => [job.id, place])).toEqual([
    ["1", undefined],
    ["0", undefined],
    ["6", "Starts next"],
    ["2", "Starts after 1 other in the queue"],
    ["3", "Starts after 2 others in the queue"],
    ["4", "Starts next"],
  ]);
});
