import { describe, expect, it } from "vitest";

import { ApiError } from "@/api/problem";
import type { Preset } from "@/api/renders";
import { newEffect } from "@/features/render/effects/effect";
import { faultWords, withNames } from "@/features/render/planWords";
import { canMeasure, faultOf, optionsFor, requestOf } from "@/features/render/renderRequest";
import { draftOf, emptyDraft, imagePath, newClip, newImage, parseDraft } from "@/lib/renderDraft";

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

  it("is all of a recipe that says all there is to say, exactly", () => {
    const recipe = {
      preset: "archive",
      name: "all of it",
      clips: [
        {
          video_id: "a",
          start_seconds: "1001/30000",
          end_seconds: 3.5,
          audio_stream: 1,
          volume_db: -3,
          fade_in_seconds: "1/3",
          fade_out_seconds: 1,
          speed: 1.5,
          mute: true,
          crop: { x: 2, y: 4, width: 100, height: 50 },
          rotate: 90,
        },
        { gap_seconds: "2/3" },
        { video_id: "b", transition: { kind: "wipeleft", seconds: "1001/30000" } },
      ],
      audio: [{ video_id: "c", at_seconds: 1, start_seconds: 2, end_seconds: 3, volume_db: -9, fade_out_seconds: 1 }],
      overwrite: true,
      options: {
        width: 640,
        frame_rate: "30000/1001",
        loudness_lufs: -16,
        hdr: "sdr",
        subtitles: "burn",
        texts: [{ text: "a\nb", place: "top", start_seconds: 1, end_seconds: 2, size: 0.1, color: "#ff000080", box: false }],
        images: [{ image: { root: "r", path: "logo.png" }, place: "left", width: 0.2, opacity: 0.5, end_seconds: 4 }],
      },
    };
    const preset = { ...COPY, name: "archive" as const, options: Object.keys(recipe.options) };
    const kept = parseDraft(JSON.stringify(draftOf(recipe)));
    expect(requestOf(kept, preset)).toEqual(recipe);
  });

  it("says a time anew that was changed since", () => {
    const draft = draftOf({ preset: "copy", clips: [{ video_id: "a", start_seconds: "1001/30000" }] });
    const [clip] = draft.clips;
    if (!clip) throw new Error("no clip");
    const moved = { ...draft, clips: [{ ...clip, startSeconds: 2 }] };
    expect(requestOf(moved, COPY).clips).toEqual([{ video_id: "a", start_seconds: 2 }]);
  });

  it("keeps images and effects", () => {
    const clips = [
      { video_id: "a", effects: [{ effect: "blur", radius: 4 }] },
      {
        image: { root: "films", path: "card.png" },
        seconds: 3,
        transition: { kind: "coverup", seconds: 0.5 },
      },
    ];
    const draft = draftOf({ preset: "copy", clips });
    expect(draft.clips.map(imagePath)).toEqual([null, "card.png"]);
    expect(requestOf(draft, COPY).clips).toEqual(clips);
  });

  it("leaves out files that are yet to be named, if it can do without them", () => {
    const unnamed = { root: "films", path: " " };
    const clip = {
      ...newClip("a"),
      more: { subtitle_file: unnamed, effects: [{ effect: "chroma-key", background_image: unnamed }, { effect: "reverse" }] },
    };
    expect(requestOf({ ...emptyDraft(), clips: [clip] }, COPY).clips).toEqual([
      { video_id: "a", effects: [{ effect: "chroma-key" }, { effect: "reverse" }] },
    ]);
  });

  it("has the subtitle file of a clip, with its encoding", () => {
    const file = { root: "films", path: "film.srt", encoding: "windows-1251" };
    const clip = { ...newClip("a"), more: { subtitle_file: file } };
    expect(requestOf({ ...emptyDraft(), clips: [clip] }, COPY).clips).toEqual([{ video_id: "a", subtitle_file: file }]);
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
  const errors = [{ location: "body.options.frame_rate", message: "must be a number", code: "x" }];
  expect(faultWords(new ApiError("", 422, { errors }))).toBe("Frame rate: must be a number.");
  const others = [
    { location: "body.clips.0.clip.crop.width", message: "Input should be greater than or equal to 2", code: "x" },
    { location: "body.clips.0.clip.effects.1.blur.radius", message: "Field required", code: "x" },
    { location: "body.clips.1.transition", message: "It does not fit.", code: "refused" },
  ];
  expect(faultWords(new ApiError("", 422, { errors: others }))).toBe(
    "Clip 1, crop width: must be at least 2. Clip 1, effect 2 radius: field required. It does not fit.",
  );
});

it("says which clip ends before it starts", () => {
  const clips = [newClip("a"), newClip("b", 2, 1)];
  expect(faultOf({ ...emptyDraft(), clips })).toMatch(/^Clip 2 ends before it starts/);
  expect(faultOf({ ...emptyDraft(), clips: clips.slice(0, 1) })).toBeNull();
});

it("says which file is yet to be named", () => {
  const image = newImage(3);
  expect(faultOf({ ...emptyDraft(), clips: [newClip("a"), image] })).toMatch(/^Clip 2 has no image/);
  const chosen = { ...image, more: { ...image.more, image: { root: "r", path: "card.png" } } };
  expect(faultOf({ ...emptyDraft(), clips: [chosen] })).toBeNull();
  const effects = [newEffect("blur"), newEffect("lut")];
  expect(faultOf({ ...emptyDraft(), clips: [{ ...newClip("a"), more: { effects } }] })).toMatch(/^Effect 2 of clip 1/);
});

it("measures the size only of one encoded video without a limit", () => {
  const preset = { ...COPY, options: ["video_codec"] };
  expect(canMeasure(emptyDraft(), preset)).toBe(true);
  expect(canMeasure(emptyDraft(), COPY)).toBe(false);
  expect(canMeasure({ ...emptyDraft(), options: { max_bytes: 10_000 } }, preset)).toBe(false);
  expect(canMeasure({ ...emptyDraft(), more: { separate: true } }, preset)).toBe(false);
});

it("drops names that belong to another preset, and keeps the rest", () => {
  expect(optionsFor(COPY, { container: "webm", width: 640 })).toEqual({ width: 640 });
  expect(optionsFor(COPY, { container: "mkv" })).toEqual({ container: "mkv" });
});

it("calls videos by their names", () => {
  const names = new Map([["7", "Beach"]]);
  expect(withNames("Video 7 is cut. No key frame of video 7.", names)).toBe("“Beach” is cut. No key frame of “Beach”.");
});
