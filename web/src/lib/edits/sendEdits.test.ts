import { QueryClient } from "@tanstack/react-query";
import { http, HttpResponse } from "msw/http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { NOTHING_DONE } from "@/api/bulk";
import { addEdit, parseEdits, queuedEdits, type QueuedEdit } from "@/lib/edits/editQueue";
import { newKey } from "@/lib/edits/newKey";
import { sendEdits, setEditReports, submitEdit } from "@/lib/edits/sendEdits";
import { at, server } from "@/test/server";
import { aVideo, VideoOnServer } from "@/test/videos";

const reports = { onSaved: vi.fn(), onRefused: vi.fn() };
let queryClient: QueryClient;

beforeEach(() => {
  queryClient = new QueryClient();
  reports.onSaved.mockReset();
  reports.onRefused.mockReset();
  setEditReports(reports);
});
afterEach(() => setEditReports(null));

const rating = (mine: number, base: number | null = null): QueuedEdit => ({
  id: newKey(),
  kind: "video",
  videoId: "v",
  name: "beach.mp4",
  change: { field: "rating", base, mine },
});
const bulk = (ids: number): QueuedEdit => ({
  id: newKey(),
  kind: "bulk",
  which: { video_ids: Array.from({ length: ids }, (_, place) => `id-${place}`) },
  edit: { rating: 3 },
  done: NOTHING_DONE,
});

function away() {
  server.use(http.all("*", () => HttpResponse.error()));
}

test("edits wait in order while the server is away, outlive a reload, and are saved once", async () => {
  away();
  expect(await submitEdit(queryClient, rating(2))).toBeNull();
  expect(await submitEdit(queryClient, rating(5, 2))).toBeNull();
  expect(queuedEdits()).toHaveLength(2);
  expect(parseEdits(localStorage.getItem("stoat-ferret.edits"))).toEqual(queuedEdits());
  server.resetHandlers();
  const onServer = new VideoOnServer(aVideo({ id: "v" }));
  server.use(...onServer.handlers);
  await Promise.all([sendEdits(queryClient), sendEdits(queryClient)]);
  expect(queuedEdits()).toEqual([]);
  expect(onServer.video.rating).toBe(5);
  expect(reports.onSaved).toHaveBeenCalledTimes(2);
});

test("an edit that is refused makes room for the next, and is reported", async () => {
  away();
  await submitEdit(queryClient, rating(2, 1));
  await submitEdit(queryClient, rating(5));
  server.resetHandlers();
  server.use(...new VideoOnServer(aVideo({ id: "v", rating: null })).handlers);
  await sendEdits(queryClient);
  expect(queuedEdits()).toEqual([]);
  expect(reports.onRefused).toHaveBeenCalledTimes(1);
  expect(reports.onSaved).toHaveBeenCalledTimes(1);
});

test("a large bulk edit goes on after the part that was answered last", async () => {
  const sent: { video_ids: string[]; key?: string; undo?: string }[] = [];
  let answers = 1;
  server.use(
    http.post(at("/api/v1/videos/bulk"), async ({ request }) => {
      const body = (await request.json()) as (typeof sent)[number];
      sent.push(body);
      answers -= 1;
      if (answers < 0) return HttpResponse.error();
      return HttpResponse.json({ edited: body.video_ids.length, not_found: [], undo: "token" });
    }),
  );
  const edit = bulk(2500);
  expect(await submitEdit(queryClient, edit)).toBeNull();
  answers = 5;
  await sendEdits(queryClient);
  expect(sent.map((body) => [body.video_ids.length, body.key, body.undo])).toEqual([
    [1000, edit.id, undefined],
    [1000, undefined, "token"],
    [1000, undefined, "token"],
    [500, undefined, "token"],
  ]);
  const [saved, outcome] = reports.onSaved.mock.calls[0] as [QueuedEdit, unknown];
  expect([saved.id, outcome]).toEqual([edit.id, { count: 2500, undo: "token" }]);
});

test("what was stored by others, or not completely, is dropped", () => {
  addEdit(rating(1));
  const good = queuedEdits();
  for (const text of ["", "{", "7", "{}", '[null, 1, {"id": 1}, {"id": "a"}, {"id": "a", "kind": "bulk"}]']) {
    expect(parseEdits(text)).toEqual([]);
  }
  expect(parseEdits(JSON.stringify([{ id: "x", kind: "video", videoId: "v", change: {} }, ...good]))).toEqual(good);
});
