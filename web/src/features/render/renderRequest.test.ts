import { describe, expect, it } from "vitest";

import { ApiError } from "@/api/problem";
import type { Preset } from "@/api/renders";
import { faultWords, withNames } from "@/features/render/planWords";
import { faultOf, optionsFor, requestOf } from "@/features/render/renderRequest";
import { draftOf, emptyDraft, newClip } from "@/lib/renderDraft";

const COPY: Preset = {
  name: "copy",
  title: "Copy",
  description: "Nothing is encoded.",
  kind: "video",
  container: null,
  video_codec: null,
  audio_codec: null,
  options: ["container", "mute"],
  choices: { container: ["mp4", "mkv"] },
  defaults: {},
};

describe("the request of a draft", () => {
  it("has only options that the preset knows", () => {
    const draft = {
      ...emptyDraft(),
      clips: [newClip("a", 1, 2), newClip("b")],
      options: { width: 640, mute: true, container: "" },
      name: "  holiday ",
    };
    expect(requestOf(draft, COPY)).toEqual({
      preset: "copy",
      clips: [{ video_id: "a", start_seconds: 1, end_seconds: 2 }, { video_id: "b" }],
      options: { mute: true },
      name: "holiday",
    });
  });

  it("is the recipe that the draft was made of", () => {
    const recipe = {
      preset: "copy",
      clips: [
        { video_id: "a", speed: 2 },
        { gap_seconds: 1 },
        { video_id: "b", transition: { kind: "fade", seconds: 1 } },
      ],
      options: { mute: true },
      audio: [{ video_id: "c" }],
    };
    expect(requestOf(draftOf(recipe), COPY)).toEqual(recipe);
  });

  it("has no transition into the first clip", () => {
    const clip = { ...newClip("a"), transition: { kind: "fade", seconds: 1 } };
    expect(requestOf({ ...emptyDraft(), clips: [clip] }, COPY).clips).toEqual([{ video_id: "a" }]);
  });
});

it("leaves out words that are yet to be typed", () => {
  const texts = [{ text: " " }, { text: "Hello", place: "top" }];
  const draft = { ...emptyDraft(), options: { texts } };
  const preset = { ...COPY, options: ["texts"] };
  expect(requestOf(draft, preset).options).toEqual({ texts: [{ text: "Hello", place: "top" }] });
  expect(requestOf({ ...draft, options: { texts: [{ text: "" }] } }, preset).options).toEqual({});
});

it("says which field is malformed", () => {
  const errors = [{ location: "body.options.frame_rate", message: "Value error, must be a number", code: "x" }];
  expect(faultWords(new ApiError("", 422, { errors }))).toBe("Frame rate: must be a number.");
});

it("says which clip ends before it begins", () => {
  const clips = [newClip("a"), newClip("b", 2, 1)];
  expect(faultOf({ ...emptyDraft(), clips })).toMatch(/^Clip 2 ends before it begins/);
  expect(faultOf({ ...emptyDraft(), clips: clips.slice(0, 1) })).toBeNull();
});

it("drops names that belong to another preset, and keeps the rest", () => {
  expect(optionsFor(COPY, { container: "webm", width: 640 })).toEqual({ width: 640 });
  expect(optionsFor(COPY, { container: "mkv" })).toEqual({ container: "mkv" });
});

it("calls videos by their names", () => {
  const names = new Map([["7", "Beach"]]);
  expect(withNames("Video 7 is cut. No key frame of video 7.", names)).toBe("“Beach” is cut. No key frame of “Beach”.");
});
