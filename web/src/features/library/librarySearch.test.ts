import { expect, test } from "vitest";

import { filtersOf, parseLibrarySearch } from "@/features/library/librarySearch";
import { parseSearch, stringifySearch } from "@/lib/searchParams";

function parsed(address: string) {
  return parseLibrarySearch(parseSearch(address));
}

test("what the address says survives its way through the address", () => {
  const address =
    "?q=at+sea&status=bad&status=missing&root=films&folder=a%2Fb&subfolders=false&codec=h264&codec=av1&not_codec=vp9" +
    "&height_class=1080p&height_class=720p&orientation=portrait&not_tag=old&has_tags=true&has_rating=false&favourite=true" +
    "&added_from=2024-05-31&taken_to=2023-12-31&watched=started" +
    "&hdr=HDR10%2B&tag=sun&tag=sea&min_rating=4&min_duration=60&max_duration=300&sort=size&order=asc&view=table";
  const search = parsed(address);
  expect(search).toEqual({
    q: "at sea",
    status: ["bad", "missing"],
    root: "films",
    folder: "a/b",
    subfolders: false,
    codec: ["h264", "av1"],
    not_codec: ["vp9"],
    height_class: ["1080p", "720p"],
    orientation: ["portrait"],
    not_tag: ["old"],
    has_tags: true,
    has_rating: false,
    favourite: true,
    added_from: "2024-05-31",
    taken_to: "2023-12-31",
    hdr: "HDR10+",
    tag: ["sun", "sea"],
    min_rating: 4,
    watched: "started",
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
  "?watched=maybe&min_rating=9&min_rating=0&min_duration=-1&max_duration=long&max_duration=",
  "?orientation=round&has_tags=maybe&has_sound=&added_from=2024-02-30&taken_to=soon&not_codec=&not_tag=+",
  "?q=+++&tag=&tag=+&folder=%2F&unknown=1",
])("rubbish in the address is as if it were not there: %s", (address) => {
  expect(parsed(address)).toEqual({});
});

test("order and look are no filters", () => {
  expect(filtersOf({ q: "sea", sort: "size", order: "asc", view: "table" })).toEqual({ q: "sea" });
});
