import { describe, expect, it } from "vitest";

import { centeredCrop, changesOf, withExtra, withoutExtras } from "@/features/render/clips/clipChanges";

describe("what is changed about a clip", () => {
  it("is told in a few words", () => {
    const crop = { x: 0, y: 0, width: 640, height: 360 };
    expect(changesOf({ crop, rotate: 90, speed: 2, fade_in_seconds: "1/2", mute: true, volume_db: -3 })).toEqual([
      "Cropped to 640 × 360",
      "Rotated 90°",
      "2× speed",
      "Fade in 0:00.500",
      "Muted",
      "Volume −3 dB",
    ]);
    expect(changesOf({ audio_stream: 1, fade_out_seconds: 2 })).toEqual(["Fade out 0:02.000", "Audio stream 2"]);
  });

  it("is nothing where all is as it is by itself", () => {
    expect(changesOf({ speed: 1, volume_db: 0, rotate: 0, fade_in_seconds: 0, mute: false })).toEqual([]);
    expect(changesOf({ start_seconds: "1001/30000" })).toEqual([]);
  });

  it("names what this page does not know", () => {
    expect(changesOf({ sepia_tone: 5 })).toEqual(["sepia tone"]);
  });

  it("can be undone without losing the exact times", () => {
    const extras = { start_seconds: "1001/30000", speed: 2 };
    expect(withoutExtras(extras)).toEqual({ start_seconds: "1001/30000" });
    expect(withExtra(extras, "speed", undefined)).toEqual({ start_seconds: "1001/30000" });
  });

  it("names the subtitle file and the effects in their order", () => {
    const effects = [{ effect: "reverse" }, { effect: "blur", radius: 3 }, { effect: "sepia" }];
    expect(changesOf({ subtitle_file: { root: "r", path: "films/a.srt" }, effects })).toEqual([
      "Subtitles a.srt",
      "Reverse",
      "Blur",
      "sepia",
    ]);
    expect(changesOf({ subtitle_file: { root: "r", path: "" } })).toEqual([]);
  });

  it("of an image is not the image itself", () => {
    const extras = { image: { root: "r", path: "a.png" }, seconds: 3, fade_in_seconds: 1 };
    expect(changesOf(extras)).toEqual(["Fade in 0:01.000"]);
    expect(withoutExtras(extras)).toEqual({ image: { root: "r", path: "a.png" }, seconds: 3 });
  });
});

it("crops the middle to a shape, within the picture and in even numbers", () => {
  expect(centeredCrop(1920, 1080, 1)).toEqual({ x: 420, y: 0, width: 1080, height: 1080 });
  expect(centeredCrop(320, 240, 16 / 9)).toEqual({ x: 0, y: 30, width: 320, height: 180 });
  for (const ratio of [16 / 9, 1, 9 / 16]) {
    const crop = centeredCrop(853, 481, ratio);
    expect(crop.x + crop.width).toBeLessThanOrEqual(853);
    expect(crop.y + crop.height).toBeLessThanOrEqual(481);
    expect(Object.values(crop).every((one) => one % 2 === 0)).toBe(true);
  }
});
