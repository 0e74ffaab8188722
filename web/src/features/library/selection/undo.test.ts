import { http, HttpResponse } from "msw/http";
import { expect, test } from "vitest";

import { undoOfRating, undoOfTags } from "@/features/library/selection/undo";
import { at, server } from "@/test/server";
import { aVideo } from "@/test/videos";

function edits(): unknown[] {
  const sent: unknown[] = [];
  server.use(
    http.post(at("/api/v1/videos/bulk"), async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ edited: 1, not_found: [] });
    }),
  );
  return sent;
}

test("each video gets the rating back that it had", async () => {
  const sent = edits();
  await undoOfRating([aVideo({ id: "a", rating: 4 }), aVideo({ id: "b" }), aVideo({ id: "c", rating: 4 })])();
  expect(sent).toEqual([
    { video_ids: ["a", "c"], add_tags: [], remove_tags: [], rating: 4 },
    { video_ids: ["b"], add_tags: [], remove_tags: [], rating: null },
  ]);
});

test("only what had no tag loses it again, a thousand at a time", async () => {
  const sent = edits();
  const videos = Array.from({ length: 1001 }, (_, place) => aVideo({ id: `id-${place}` }));
  await undoOfTags([...videos, aVideo({ id: "had", tags: ["Sea"] })], ["sea"], [])();
  expect(sent.map((edit) => (edit as { video_ids: string[] }).video_ids.length)).toEqual([1000, 1]);
});
