import { QueryClient } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { activeJobsQuery, jobQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { videoQuery } from "@/api/videos";
import type { Connection } from "@/lib/live/connection";
import { startLiveView } from "@/lib/live/liveView";
import { FakeEventSource } from "@/test/eventSource";
import { makeEndedJob, makeJob } from "@/test/jobs";
import { at, server } from "@/test/server";

let queryClient: QueryClient;
let told: Connection[];
let stop: () => void;

/** What the server would answer; null: it does not. */
let active: Job[] | null;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 20 });
  FakeEventSource.install();
  queryClient = new QueryClient();
  told = [];
  active = [];
  server.use(
    http.get(at("/api/v1/jobs"), ({ request }) => {
      if (active === null) return HttpResponse.error();
      const status = new URL(request.url).searchParams.get("status");
      const items = active.filter((job) => job.status === status);
      return HttpResponse.json({ items, next_cursor: null, total: items.length });
    }),
    http.get(at("/api/v1/jobs/:id"), () => HttpResponse.json(makeEndedJob())),
  );
  stop = startLiveView(queryClient, (connection) => told.push(connection), false);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function progress() {
  return queryClient.getQueryData(activeJobsQuery.queryKey)?.[0]?.progress;
}

it("shows the newest of many snapshots, once for each frame", async () => {
  const changes = vi.fn();
  queryClient.getQueryCache().subscribe(changes);
  FakeEventSource.last.onopen?.();
  for (let step = 1; step <= 50; step += 1) FakeEventSource.last.send("job", makeJob({ progress: step / 100 }));
  expect(progress()).toBeUndefined();
  await vi.waitFor(() => expect(progress()).toBe(0.5));
  const updates = changes.mock.calls.filter(([event]: { type: string }[]) => event?.type === "updated");
  expect(updates.length).toBeLessThan(10);
});

it("asks while events do not come through, and stops when they do", async () => {
  active = [makeJob({ progress: 0.1 })];
  FakeEventSource.last.onerror?.();
  await vi.waitFor(() => expect(told).toEqual(["polling"]));
  expect(progress()).toBe(0.1);
  active = [makeJob({ progress: 0.3 })];
  await vi.advanceTimersByTimeAsync(2100);
  await vi.waitFor(() => expect(progress()).toBe(0.3));
  FakeEventSource.last.onopen?.();
  expect(told.at(-1)).toBe("live");
  const asked = vi.fn();
  server.events.on("request:start", asked);
  await vi.advanceTimersByTimeAsync(100);
  asked.mockClear();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).not.toHaveBeenCalled();
  server.events.removeAllListeners();
});

it("learns how a job ended that ended while nobody listened", async () => {
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.send("job", makeJob());
  await vi.waitFor(() => expect(progress()).toBe(0.42));
  FakeEventSource.last.onerror?.();
  await vi.waitFor(() => {
    expect(queryClient.getQueryData(jobQuery(makeJob().id).queryKey)?.status).toBe("succeeded");
  });
  expect(queryClient.getQueryData(activeJobsQuery.queryKey)).toEqual([]);
});

it("opens a stream that broke again, at once when the server is back", async () => {
  active = null;
  FakeEventSource.last.onerror?.();
  await vi.waitFor(() => expect(told.at(-1)).toBe("offline"));
  for (let tries = 0; tries < 6; tries += 1) {
    await vi.advanceTimersByTimeAsync(3000);
    if (!FakeEventSource.last.closed) FakeEventSource.last.onerror?.();
  }
  const before = FakeEventSource.opened.length;
  expect(before).toBeGreaterThan(2);
  active = [makeJob({ attempt: 2, progress: 0.6 })];
  await vi.advanceTimersByTimeAsync(2500);
  await vi.waitFor(() => expect(FakeEventSource.opened.length).toBe(before + 1));
  expect(progress()).toBe(0.6);
});

it("asks for everything that is shown when the stream is back, for it was not told meanwhile", async () => {
  const { queryKey } = videoQuery("a");
  const shown = { queryKey, queryFn: () => null, staleTime: Infinity };
  await queryClient.query<unknown>(shown);
  FakeEventSource.last.onopen?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(queryClient.getQueryState(queryKey)?.isInvalidated).toBe(false);
  FakeEventSource.last.onerror?.();
  FakeEventSource.last.onopen?.();
  await vi.waitFor(() => expect(queryClient.getQueryState(queryKey)?.isInvalidated).toBe(true));
});

it("closes the stream when it is stopped", () => {
  stop();
  expect(FakeEventSource.last.closed).toBe(true);
});
