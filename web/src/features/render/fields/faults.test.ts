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

it("counts the words that were not sent, for they were yet to be typed", () => {
  const texts = [{ text: " " }, { text: "Hello" }, { text: "" }, { text: "World" }];
  const images = [{ image: { root: "r", path: "" } }, { image: { root: "r", path: "logo.png" } }];
  const error = refusal("body.options.texts.1.size", "body.options.images.0.image.path");
  expect(pathsOf(error, { texts, images })).toEqual(["options.texts.3.size", "options.images.1.image.path"]);
});

it("finds no field where nobody answered", () => {
  expect(faultsOf(new ApiError("Cannot reach the server.", null), emptyDraft())).toEqual([]);
});
