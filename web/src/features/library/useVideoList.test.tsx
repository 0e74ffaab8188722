import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import type { ReactNode } from "react";
import { beforeEach, expect, it } from "vitest";

import type { VideoQuery } from "@/api/types";
import { videoKeys } from "@/api/videos";
import { videosBetween } from "@/features/library/selection/selectedVideos";
import { useVideoList } from "@/features/library/useVideoList";
import { at, server } from "@/test/server";
import { aVideo } from "@/test/videos";

const TOTAL = 1000;
let queryClient: QueryClient;
/** The parts that were asked for, as `offset+limit`. */
let asked: string[];
/** While it is so, the server takes its time. */
let isSlow: boolean;

beforeEach(() => {
  queryClient = new QueryClient();
  asked = [];
  isSlow = false;
  server.use(
    http.get(at("/api/v1/videos"), async ({ request }) => {
      const search = new URL(request.url).searchParams;
      const [offset, limit] = [Number(search.get("offset")), Number(search.get("limit"))];
      asked.push(`${offset}+${limit}`);
      if (isSlow) await delay("infinite");
      const items = Array.from({ length: Math.min(limit, TOTAL - offset) }, (_, place) =>
        aVideo({ id: `video ${offset + place}` }),
      );
      return HttpResponse.json({ items, next_cursor: null, total: TOTAL });
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
  await waitFor(() => expect(result.current.total).toBe(TOTAL));
  act(() => result.current.look(730, 745));
  await waitFor(() => expect(result.current.at(730)?.id).toBe("video 730"));
  expect(result.current.at(799)?.id).toBe("video 799");
  expect(result.current.at(800)).toBeUndefined();
  expect(asked).toEqual(["0+100", "700+100"]);
});

it("keeps what is shown while the same is asked for anew, and while another question is", async () => {
  const { result, rerender } = show();
  await waitFor(() => expect(result.current.total).toBe(TOTAL));
  act(() => result.current.look(150, 160));
  await waitFor(() => expect(result.current.at(150)).toBeTruthy());
  isSlow = true;
  act(() => void queryClient.invalidateQueries({ queryKey: videoKeys.all }));
  await waitFor(() => expect(asked).toHaveLength(4));
  expect([result.current.at(3)?.id, result.current.at(150)?.id]).toEqual(["video 3", "video 150"]);
  expect(result.current.isOld).toBe(false);
  rerender({ q: "beach" });
  await waitFor(() => expect(asked).toHaveLength(5));
  expect([result.current.total, result.current.at(3)?.id]).toEqual([TOTAL, "video 3"]);
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
