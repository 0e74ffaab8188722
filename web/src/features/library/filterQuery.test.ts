import { expect, test } from "vitest";

import { filterQuery, isDay, paramsOf } from "@/features/library/filterQuery";
import { parseLibrarySearch, type Filters } from "@/features/library/librarySearch";

test("days are whole ones of this time zone", () => {
  const query = filterQuery({ q: "sea", added_from: "2024-05-31", added_to: "2024-05-31", taken_to: "2023-12-31" });
  expect(query).toEqual({
    q: "sea",
    added_from: new Date(2024, 4, 31).toISOString(),
    added_before: new Date(2024, 5, 1).toISOString(),
    taken_before: new Date(2024, 0, 1).toISOString(),
  });
});

test.each(["2024-02-30", "2024-13-01", "0024-01-01", "9999-01-01", "24-01-01", "2024-1-1", "", "2024-01-01T00:00"])(
  "what is no day is none: %s",
  (text) => expect(isDay(text)).toBe(false),
);

test("a leap day is a day", () => expect(isDay("2024-02-29")).toBe(true));

test("a saved query leads back to the same filters", () => {
  const filters: Filters = {
    q: "sea",
    folder: "a/b",
    subfolders: false,
    watched: "started",
    tag: ["a", "b"],
    has_sound: false,
    added_from: "2024-05-31",
    added_to: "2024-06-30",
    taken_to: "2023-12-31",
  };
  expect(parseLibrarySearch(paramsOf({ ...filterQuery(filters), status: ["ok"], sort: "size", order: "asc" }))).toEqual({
    ...filters,
    sort: "size",
    order: "asc",
  });
});
