import { expect, it } from "vitest";

import type { PlannedOutput, RenderPlan } from "@/api/renders";
import { factsOf, filesOf, sizeWords } from "@/features/render/planWords";

const output: PlannedOutput = {
  name: "one.mp4",
  kind: "video",
  extension: ".mp4",
  muxer: "mp4",
  duration_seconds: 4,
  frames: 100,
  frame_rate: "25/1",
  width: 320,
  height: 240,
  video_codec: "h264",
  audio_codec: "aac",
  audio_streams: 1,
  subtitle_streams: 0,
};

function planOf(...outputs: PlannedOutput[]): RenderPlan {
  return { name: "one", outputs, duration_seconds: 4, estimated_bytes: 5, notes: [] };
}

const words = (plan: RenderPlan) => Object.fromEntries(factsOf(plan).map(({ name, value }) => [name, value]));

it("tells of several files what they have in common", () => {
  expect(words(planOf(output))).toMatchObject({ Duration: "4.000 s · 100 frames", Resolution: "320 × 240" });
  const upright = { ...output, name: "two.mp4", width: 240, height: 320 };
  const plan = planOf(output, upright);
  expect(filesOf(plan)).toEqual(["one.mp4", "two.mp4"]);
  expect(words(plan)).toEqual({
    Duration: "4.000 s · 100 frames each",
    "Frame rate": "25 fps",
    Video: "H.264",
    Audio: "AAC",
  });
  expect(words(planOf(output, { ...upright, frames: 50, duration_seconds: 2 }))["Duration"]).toBeUndefined();
});

it("tells nothing of a plan without files", () => {
  expect(factsOf(planOf())).toEqual([]);
});

it("says how a size is known", () => {
  const plan = { ...planOf(output), estimated_bytes: 4_000_000 };
  expect(sizeWords(plan, undefined, false)).toBe("about 4 MB (estimate)");
  expect(sizeWords(plan, { ...plan, estimated_bytes: 9_000_000 }, false)).toBe("about 9 MB (measured)");
  // The server returns its estimate if it could not measure in time.
  expect(sizeWords(plan, plan, false)).toBe("about 4 MB (estimate, could not be measured)");
  expect(sizeWords(plan, undefined, true)).toBe("about 4 MB (estimate, could not be measured)");
});
