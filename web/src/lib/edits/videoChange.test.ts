import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { videoQuery } from "@/api/videos";
import { EditConflict, isSame, mergeTags, saveChange } from "@/lib/edits/videoChange";
import { server } from "@/test/server";
import { aVideo, VideoOnServer } from "@/test/videos";

async function known(facts = {}) {
  const queryClient = new QueryClient();
  const onServer = new VideoOnServer(aVideo(facts));
  server.use(...onServer.handlers);
  await queryClient.query(videoQuery(onServer.video.id));
  const save = (change: Parameters<typeof saveChange>[2]) =>
    saveChange(queryClient, onServer.video.id, change);
  return { queryClient, onServer, save };
}

test("a change is sent with the revision that was seen, and the answer is shown", async () => {
  const { queryClient, onServer, save } = await known();
  await save({ field: "title", base: null, mine: "Beach" });
  expect(onServer.edits).toEqual([{ title: "Beach" }]);
  const shown = queryClient.getQueryData(videoQuery(onServer.video.id).queryKey);
  expect(shown?.video.title).toBe("Beach");
  expect(shown?.etag).toBe('"2"');
});

test("a change of another field meanwhile is no conflict, and stays", async () => {
  const { onServer, save } = await known();
  onServer.change({ rating: 5 });
  await save({ field: "notes", base: null, mine: "Warm" });
  expect(onServer.video).toMatchObject({ rating: 5, notes: "Warm" });
});

test("a change of the same field meanwhile is a conflict, and nothing is overwritten", async () => {
  const { onServer, save } = await known({ notes: "Before" });
  onServer.change({ notes: "Theirs" });
  const failure = await save({ field: "notes", base: "Before", mine: "Mine" }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EditConflict);
  expect((failure as EditConflict).theirs).toBe("Theirs");
  expect(onServer.video.notes).toBe("Theirs");
});

test("two people who say the same have no conflict", async () => {
  const { onServer, save } = await known();
  onServer.change({ rating: 4 });
  const { video } = await save({ field: "rating", base: null, mine: 4 });
  expect(video.rating).toBe(4);
  expect(onServer.edits).toEqual([]);
});

test("a change that the server does not take is told", async () => {
  const { onServer, save } = await known();
  onServer.isDown = true;
  await expect(save({ field: "title", base: null, mine: "Beach" })).rejects.toThrow(
    "Cannot reach the server.",
  );
});

test("tags that two people add and remove go together", () => {
  expect(mergeTags(["sea", "august"], ["sea", "new"], ["sea", "family"])).toEqual([
    "sea",
    "august",
    "family",
  ]);
  expect(mergeTags([], ["sea"], [])).toEqual([]);
});

test("tags are the same in any order, and nothing is the same as an empty text", () => {
  expect(isSame(["a", "b"], ["b", "a"])).toBe(true);
  expect(isSame(["a"], ["a", "b"])).toBe(false);
  expect(isSame(null, "")).toBe(true);
  expect(isSame("a", "b")).toBe(false);
});
