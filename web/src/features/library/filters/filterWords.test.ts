import { expect, test } from "vitest";

import { chipsOf } from "@/features/library/filters/filterWords";

test("each filter has a chip that takes it away and leaves the others", () => {
  const chips = chipsOf({ q: "sea", tag: ["sun", "fun"], min_duration: 60, max_duration: 300, min_rating: 4 });
  expect(chips.map((chip) => chip.label)).toEqual(["#sun", "#fun", "4 stars or more", "1:00 to 5:00"]);
  expect(chips[0]?.without).toEqual({ tag: ["fun"] });
  expect(chips[3]?.without).toEqual({ min_duration: undefined, max_duration: undefined });
});

test("lengths are open on either side", () => {
  expect(chipsOf({ min_duration: 3600 })[0]?.label).toBe("from 1:00:00");
  expect(chipsOf({ max_duration: 60 })[0]?.label).toBe("up to 1:00");
});

test("several values, exclusions, absences and days have chips of their own", () => {
  const chips = chipsOf({
    height_class: ["2160p", "1080p"],
    orientation: ["portrait"],
    not_codec: ["h264"],
    not_tag: ["sea"],
    has_tags: false,
    has_sound: true,
    added_from: "2024-05-01",
    added_to: "2024-05-31",
    taken_to: "2023-01-02",
  });
  expect(chips.map((chip) => chip.label)).toEqual([
    ...["4K", "1080p", "Portrait", "not h264", "not #sea", "No tags", "With sound"],
    "added May 1, 2024 to May 31, 2024",
    "recorded until Jan 2, 2023",
  ]);
  expect(chips[0]?.without).toEqual({ height_class: ["1080p"] });
  expect(chips.at(-1)?.without).toEqual({ taken_from: undefined, taken_to: undefined });
});
