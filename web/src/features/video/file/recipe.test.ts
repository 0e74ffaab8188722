import { expect, test } from "vitest";

import { sourcesOf } from "@/features/video/file/recipe";

test("the videos of a request are those of its clips and its audio, each once", () => {
  const request = {
    preset: "copy",
    clips: [{ video_id: "a" }, { gap_seconds: 1 }, { video_id: "b", start_seconds: 2 }, { video_id: "a" }],
    audio: [{ video_id: "c" }, { video_id: "b" }],
  };
  expect(sourcesOf(request)).toEqual({ preset: "copy", clips: 4, videoIds: ["a", "b", "c"] });
});

test("a request of another version is read as far as possible", () => {
  expect(sourcesOf({ preset: 5, clips: "all", audio: [null, { video_id: 7 }] })).toEqual({
    preset: "",
    clips: 0,
    videoIds: [],
  });
});
