import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import type { ReactNode } from "react";
import { beforeEach, expect, it } from "vitest";

import type { VideoQuery } from "@/api/types";
import { videoKeys, windowQuery } from "@/api/videos";
import { videosBetween } from "@/features/library/selection/selectedVideos";
import { useVideoList } from "@/features/library/useVideoList";
import { at, server } from "@/test/server";
import { aVideo } from "@/test/videos";

let queryClient: QueryClient;
let total: number;
/** The parts that were asked for, as `offset+limit`. */
let asked: string[];
/** While it is so, the server takes its time. */
let isSlow: boolean;
/** The signals of the requests that it takes its time for. */
let stopped: AbortSignal[];

beforeEach(() => {
  total = 1000;
  stopped = [];
  queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  asked = [];
  isSlow = false;
  server.use(
    http.get(at("/api/v1/videos"), async ({ request }) => {
      const search = new URL(request.url).searchParams;
      const [offset, limit] = [Number(search.get("offset")), Number(search.get("limit"))];
      asked.push(`${offset}+${limit}`);
      if (isSlow) {
        stopped.push(request.signal);
        await delay("infinite");
      }
      const items = Array.from({ length: Math.min(limit, total - offset) }, (_, place) =>
        aVideo({ id: `video ${offset + place}` }),
      );
      return HttpResponse.json({ items, next_cursor: null, total });
    }),
  );
});

function show(query: VideoQuery = {}) {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  return renderHook((asks: VideoQuery) => useVideoList(asks), { initialProps: query, wrapper });
}

it("fetches the part of the list that somebody jumps to, and none between", async () => {
  const { result } = show();
  await waitFor(() => expect(result.current.total).toBe(total));
  act(() => result.current.look(730, 745, []));
  await waitFor(() => expect(result.current.at(730)?.id).toBe("video 730"));
  expect(result.current.at(799)?.id).toBe("video 799");
  expect(result.current.at(800)).toBeUndefined();
  expect(asked).toEqual(["0+100", "700+100"]);
});

it("keeps what is shown while the same is asked for anew, and while another question is", async () => {
  const { result, rerender } = show();
  await waitFor(() => expect(result.current.total).toBe(total));
  act(() => result.current.look(150, 160, []));
  await waitFor(() => expect(result.current.at(150)).toBeTruthy());
  isSlow = true;
  act(() => void queryClient.invalidateQueries({ queryKey: videoKeys.all }));
  await waitFor(() => expect(asked).toHaveLength(4));
  expect([result.current.at(3)?.id, result.current.at(150)?.id]).toEqual(["video 3", "video 150"]);
  expect(result.current.isOld).toBe(false);
  rerender({ q: "beach" });
  await waitFor(() => expect(asked).toHaveLength(5));
  expect([result.current.total, result.current.at(3)?.id]).toEqual([total, "video 3"]);
  expect(result.current.isOld).toBe(true);
});

it("finds just the videos from one place to another, those that are not loaded too", async () => {
  const found = await videosBetween(queryClient, {}, 98, 201);
  expect(found.map((video) => video.id)).toEqual(
    Array.from({ length: 104 }, (_, place) => `video ${98 + place}`),
  );
  expect(asked).toEqual(["0+100", "100+100", "200+100"]);
  expect((await videosBetween(queryClient, {}, 7, 7)).map((video) => video.id)).toEqual(["video 7"]);
});

it("stops asking for a part that was scrolled past", async () => {
  const { result } = show();
  await waitFor(() => expect(result.current.total).toBe(total));
  isSlow = true;
  act(() => result.current.look(150, 160, []));
  await waitFor(() => expect(asked).toHaveLength(2));
  const [request] = stopped;
  expect(request?.aborted).toBe(false);
  isSlow = false;
  act(() => result.current.look(250, 260, []));
  await waitFor(() => expect(result.current.at(250)?.id).toBe("video 250"));
  expect(request?.aborted).toBe(true);
});

it("keeps the part with the focus, and finds a video in what is loaded", async () => {
  const { result } = show();
  await waitFor(() => expect(result.current.total).toBe(total));
  act(() => result.current.look(150, 160, [155]));
  await waitFor(() => expect(result.current.at(155)).toBeTruthy());
  act(() => result.current.look(890, 910, [155]));
  await waitFor(() => expect(result.current.at(890)).toBeTruthy());
  await waitFor(() => expect(result.current.at(910)).toBeTruthy());
  expect(result.current.at(155)?.id).toBe("video 155");
  expect(result.current.find("video 155")).toBe(155);
  expect(result.current.find("video 907")).toBe(907);
  expect(result.current.find("video 300")).toBeUndefined();
  expect(result.current.loaded()).toHaveLength(400);
});

it("keeps a bounded number of parts, those that were fetched last", async () => {
  total = 100_000;
  for (let part = 1; part <= 200; part += 1) {
    const page = { items: [aVideo({ id: `video ${part * 100}` })], next_cursor: null, total };
    queryClient.setQueryData(windowQuery({}, part).queryKey, page, { updatedAt: Date.now() - 1000 + part });
  }
  const { result } = show();
  await waitFor(() => expect(result.current.total).toBe(total));
  act(() => result.current.look(20_000, 20_020, []));
  await waitFor(() => expect(result.current.at(20_000)?.id).toBe("video 20000"));
  const cache = queryClient.getQueryCache().findAll({ queryKey: ["videos", "list"] });
  expect(cache.length).toBeGreaterThan(50);
  expect(cache.length).toBeLessThan(60);
  expect(queryClient.getQueryData(windowQuery({}, 170).queryKey)).toBeDefined();
  expect(queryClient.getQueryData(windowQuery({}, 100).queryKey)).toBeUndefined();
});
