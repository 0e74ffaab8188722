import { expect, it } from "vitest";

import { detailsOf } from "@/features/jobs/detailWords";

function wordsOf(values: Record<string, unknown>): Record<string, string[]> {
  return Object.fromEntries(detailsOf(values).map(({ label, lines }) => [label, lines.map((line) => line.text)]));
}

it("says what a scan was asked for", () => {
  expect(wordsOf({ root: "Videos", folder: "", recursive: true, force: false, timeout_seconds: 90 })).toEqual({
    "Library folder": ["Videos"],
    Folder: ["–"],
    "Include subfolders": ["Yes"],
    "Rescan unchanged files": ["No"],
    Timeout: ["1:30"],
  });
});

it("leads to the videos of a job", () => {
  expect(detailsOf({ video_ids: ["a", "b"] })).toEqual([
    {
      label: "Videos",
      lines: [
        { text: "Video 1", href: "/videos/a" },
        { text: "Video 2", href: "/videos/b" },
      ],
    },
  ]);
  const clips = [{ video_id: "a", start_seconds: 1, end_seconds: 3, effects: [] }, { gap_seconds: 2 }];
  expect(detailsOf({ clips })).toEqual([
    {
      label: "Clips",
      lines: [
        { text: "1. Start: 0:01, End: 0:03", href: "/videos/a" },
        { text: "2. Gap: 0:02", href: null },
      ],
    },
  ]);
});

it("has words for whatever a kind of later versions has", () => {
  const values = {
    query: { q: "beach", tags: ["sea", "2024"], min_rating: 4, folder: null },
    size_bytes: 2_000_000,
    nested: { deeper: { deepest: [1, { more: true }] } },
    nothing: [],
    empty: {},
    many: Array.from({ length: 12 }, (_, place) => place),
  };
  const words = wordsOf(values);
  expect(words["Search and filters"]).toEqual(["Words: beach, Tags: sea, 2024, Min rating: 4"]);
  expect(words["Nested"]).toEqual(["Deeper: (Deepest: 1, (More: Yes))"]);
  expect(words["Many"]).toEqual(["0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 2 more"]);
  expect(Object.values(words).flat().join("\n")).not.toMatch(/[{}"[\]]|undefined|null/);
});
