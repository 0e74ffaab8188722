import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";

import { useAnchor } from "@/features/library/rows/useAnchor";
import type { VideoList } from "@/features/library/useVideoList";
import { at, server } from "@/test/server";
import { aVideo } from "@/test/videos";

/** What was done to the rows: by how many they were scrolled, and the videos moved. */
let moves: number[];

beforeEach(() => {
  moves = [];
});

/** A list in which the videos `first` to `first + 99` are loaded, `before` places further on. */
function aList(first: number, before = 0, isFetching = false): VideoList {
  const videos = new Map(
    Array.from({ length: 100 }, (_, place) => [first + place, aVideo({ id: `video ${first + place - before}` })]),
  );
  return {
    query: {},
    total: 10_000,
    at: (index) => videos.get(index),
    find: (id) => [...videos].find(([, video]) => video.id === id)?.[0],
    loaded: () => [...videos.values()],
    look: () => undefined,
    isOld: false,
    isFetching,
    error: null,
    retry: () => undefined,
  };
}

function show() {
  const queryClient = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  const rows = {
    first: 720,
    last: 745,
    top: 723,
    bottom: 742,
    items: () => [],
    height: 440_000,
    topRow: () => 725,
    reveal: () => undefined,
    show: () => undefined,
    skip: (count: number) => moves.push(count),
  };
  const onMove = (by: number) => moves.push(by);
  return renderHook((list: VideoList) => useAnchor({ list, rows, columns: 1, focused: 730, onMove }), {
    initialProps: aList(700),
    wrapper,
  });
}

function answer(index: number | null): void {
  server.use(http.get(at("/api/v1/videos/:id/index"), ({ params }) =>
    HttpResponse.json({ index: params["id"] === "video 730" ? index : null })));
}

it("scrolls along with a video that is still loaded", () => {
  const { result, rerender } = show();
  const next = aList(700, 3);
  rerender(next);
  expect(moves).toEqual([3, 3]);
  expect(result.current.shown).toBe(next);
});

it("shows the old list until the video is found and loaded again", async () => {
  answer(1230);
  const before = aList(700);
  const { result, rerender } = show();
  rerender(before);
  rerender(aList(700, 500, true));
  expect(result.current.shown).toBe(before);
  rerender(aList(700, 500));
  await waitFor(() => expect(result.current.wanted).toBe(1230));
  expect(result.current.shown).toBe(before);
  expect(moves).toEqual([]);
  const after = aList(1200, 500);
  rerender(after);
  expect(moves).toEqual([500, 500]);
  expect(result.current.shown).toBe(after);
});

it("shows the new list if the video is gone", async () => {
  answer(null);
  const { result, rerender } = show();
  const after = aList(700, 500);
  rerender(after);
  expect(result.current.shown).not.toBe(after);
  await waitFor(() => expect(result.current.shown).toBe(after));
  expect(moves).toEqual([]);
});

it("shows the new list if the server takes too long, and the list of another query at once", () => {
  vi.useFakeTimers();
  server.use(http.get(at("/api/v1/videos/:id/index"), () => delay("infinite")));
  const { result, rerender } = show();
  const after = aList(700, 500, true);
  rerender(after);
  expect(result.current.shown).not.toBe(after);
  act(() => void vi.advanceTimersByTime(10_000));
  expect(result.current.shown).toBe(after);
  const other = { ...aList(700, 900), query: { q: "beach" } };
  rerender(other);
  expect(result.current.shown).toBe(other);
  vi.useRealTimers();
});
