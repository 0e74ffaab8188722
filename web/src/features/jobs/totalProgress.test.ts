import { expect, it } from "vitest";

import { advanceTotal, NO_PROGRESS } from "@/features/jobs/totalProgress";
import { makeJob } from "@/test/jobs";

function job(id: string, progress: number | null, total: number | null) {
  return makeJob({ id, progress, progress_detail: { total } });
}

it("is unknown while everything is still counted", () => {
  expect(advanceTotal(NO_PROGRESS, [job("a", null, null)]).fraction).toBeNull();
});

it("weighs jobs by how much there is to do", () => {
  const { fraction } = advanceTotal(NO_PROGRESS, [job("a", 0.5, 100), job("b", 0.1, 300)]);
  expect(fraction).toBeCloseTo((50 + 30) / 400);
});

it("gives what is still counted the weight of the others", () => {
  const { fraction } = advanceTotal(NO_PROGRESS, [job("a", 0.8, 100), job("b", null, null)]);
  expect(fraction).toBeCloseTo(0.4);
});

it("does not fall when a job ends before the others", () => {
  const before = advanceTotal(NO_PROGRESS, [job("a", 0.9, 100), job("b", 0.1, 100)]);
  const after = advanceTotal(before, [job("b", 0.1, 100)]);
  expect(after.fraction).toBeCloseTo(0.55);
});

it("falls where work is added, and nowhere else", () => {
  const alone = advanceTotal(NO_PROGRESS, [job("a", 0.8, 100)]);
  const joined = advanceTotal(alone, [job("a", 0.8, 100), job("b", 0, 100)]);
  expect(joined.fraction).toBeCloseTo(0.4);
  const later = advanceTotal(joined, [job("a", 0.7, 100), job("b", 0, 100)]);
  expect(later.fraction).toBeCloseTo(0.4);
});

it("begins anew when nothing is left", () => {
  const before = advanceTotal(NO_PROGRESS, [job("a", 0.9, 100)]);
  expect(advanceTotal(advanceTotal(before, []), [job("b", 0.1, 10)]).fraction).toBeCloseTo(0.1);
});
