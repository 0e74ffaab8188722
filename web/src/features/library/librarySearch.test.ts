import { expect, test } from "vitest";

import { filtersOf, parseLibrarySearch } from "@/features/library/librarySearch";
import { parseSearch, stringifySearch } from "@/lib/searchParams";

function parsed(address: string) {
  return parseLibrarySearch(parseSearch(address));
}

test("what the address says survives its way through the address", () => {
  const address =
    "?q=at+sea&status=bad&status=missing&root=films&folder=a%2Fb&codec=h264&height_class=1080p" +
    "&hdr=HDR10%2B&tag=sun&tag=sea&min_rating=4&min_duration=60&max_duration=300&sort=size&order=asc&view=table";
  const search = parsed(address);
  expect(search).toEqual({
    q: "at sea",
    status: ["bad", "missing"],
    root: "films",
    folder: "a/b",
    codec: "h264",
    height_class: "1080p",
    hdr: "HDR10+",
    tag: ["sun", "sea"],
    min_rating: 4,
    min_duration: 60,
    max_duration: 300,
    sort: "size",
    order: "asc",
    view: "table",
  });
  expect(parsed(stringifySearch({ ...search }))).toEqual(search);
  expect(parseLibrarySearch(search)).toEqual(search);
});

test.each([
  "?status=wrong&sort=colour&order=up&view=cube&height_class=big&hdr=none",
  "?min_rating=9&min_rating=0&min_duration=-1&max_duration=long&max_duration=",
  "?q=+++&tag=&tag=+&folder=%2F&unknown=1",
])("rubbish in the address is as if it were not there: %s", (address) => {
  expect(parsed(address)).toEqual({});
});

test("order and look are no filters", () => {
  expect(filtersOf({ q: "sea", sort: "size", order: "asc", view: "table" })).toEqual({ q: "sea" });
});
