import { expect, test } from "vitest";

import { ApiError } from "@/api/problem";
import { changesOf, settingFaults, shownValues } from "@/features/settings/settingsDraft";
import { makeSettings } from "@/test/systems";

const settings = makeSettings({ quiet_hours: "22:00-6:00", scan_concurrency: 2 });

test("only what differs is sent, and defaults and empty texts as null", () => {
  expect(changesOf(settings, {})).toEqual({});
  expect(changesOf(settings, { quiet_hours: " 22:00-6:00 ", watch: "auto" })).toEqual({});
  expect(changesOf(settings, { quiet_hours: " ", scan_concurrency: 1, render_concurrency: 3, thumbnails: false })).toEqual({
    quiet_hours: null,
    scan_concurrency: null,
    render_concurrency: 3,
    thumbnails: false,
  });
});

test("the form shows what was changed in it", () => {
  expect(shownValues(settings, { quiet_hours: "" })).toMatchObject({ quiet_hours: "", scan_concurrency: 2 });
});

test("objections are sentences at their fields", () => {
  const errors = [
    { location: "body.scan_schedule", message: "name minute, hour", code: "value_error" },
    { location: "body.scan_concurrency", message: "Input should be less than or equal to 64", code: "x" },
  ];
  expect(settingFaults(new ApiError("no", 422, { errors }))).toEqual({
    scan_schedule: "Name minute, hour.",
    scan_concurrency: "Must be less than or equal to 64.",
  });
  expect(settingFaults(new Error("no"))).toEqual({});
});
