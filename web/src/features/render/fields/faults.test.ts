import { expect, it } from "vitest";

import { ApiError } from "@/api/problem";
import { faultsOf } from "@/features/render/fields/faults";
import { emptyDraft } from "@/lib/renderDraft";

function refusal(...locations: string[]): ApiError {
  const errors = locations.map((location) => ({ location, message: "It is wrong.", code: "refused" }));
  return new ApiError("", 422, { errors });
}

const pathsOf = (error: Error, options = {}) =>
  faultsOf(error, { ...emptyDraft(), options }).map((fault) => fault.path);

it("finds the field that a refusal is about", () => {
  const error = refusal("body.clips.0.clip.crop.width", "body.clips.1.gap.gap_seconds", "body.clips.2.clip", "body.name");
  expect(pathsOf(error)).toEqual(["clips.0.crop.width", "clips.1.gap_seconds", "clips.2", "name"]);
});

it("leaves out the kinds of images and effects, but no fields", () => {
  const error = refusal(
    "body.clips.0.clip.effects.1.pan-zoom.start",
    "body.clips.0.effects.2.at_seconds",
    "body.clips.0.effects.3",
    "body.clips.1.image.image.path",
    "body.clips.1.image.seconds",
    "body.clips.1.image.effects.0.lut.file.path",
    "body.clips.2.image",
    "body.clips.2.image.path",
  );
  expect(pathsOf(error)).toEqual([
    "clips.0.effects.1.start",
    "clips.0.effects.2.at_seconds",
    "clips.0.effects.3",
    "clips.1.image.path",
    "clips.1.seconds",
    "clips.1.effects.0.file.path",
    "clips.2.image",
    "clips.2.image.path",
  ]);
});

it("counts the words that were not sent, for they were yet to be typed", () => {
  const texts = [{ text: " " }, { text: "Hello" }, { text: "" }, { text: "World" }];
  const images = [{ image: { root: "r", path: "" } }, { image: { root: "r", path: "logo.png" } }];
  const error = refusal("body.options.texts.1.size", "body.options.images.0.image.path");
  expect(pathsOf(error, { texts, images })).toEqual(["options.texts.3.size", "options.images.1.image.path"]);
});

it("finds no field where nobody answered", () => {
  expect(faultsOf(new ApiError("Cannot reach the server.", null), emptyDraft())).toEqual([]);
});
