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
