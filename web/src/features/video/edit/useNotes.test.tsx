import { act, renderHook } from "@testing-library/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { videoQuery } from "@/api/videos";
import { readNoteDraft } from "@/features/video/edit/noteDrafts";
import { useNotes } from "@/features/video/edit/useNotes";
import { server } from "@/test/server";
import { aVideo, VideoOnServer } from "@/test/videos";

let onServer: VideoOnServer;
let queryClient: QueryClient;

beforeEach(async () => {
  queryClient = new QueryClient({ defaultOptions: { mutations: { networkMode: "always" } } });
  onServer = new VideoOnServer(aVideo());
  server.use(...onServer.handlers);
  await queryClient.query(videoQuery(onServer.video.id));
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 20 });
});

afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  return renderHook(() => useNotes(onServer.video), { wrapper });
}

it("notes that the server does not take stay, outlive the page, and are saved when it is back", async () => {
  onServer.isDown = true;
  const { result, unmount } = open();
  act(() => result.current.write("Warm"));
  await act(() => vi.advanceTimersByTimeAsync(1100));
  await vi.waitFor(() => expect(result.current.error).not.toBeNull());
  expect(result.current.text).toBe("Warm");
  expect(result.current.unsaved).toBe(true);
  unmount();
  expect(readNoteDraft(onServer.video.id)?.text).toBe("Warm");

  const again = open();
  expect(again.result.current.text).toBe("Warm");
  await act(() => vi.advanceTimersByTimeAsync(1100));
  await vi.waitFor(() => expect(again.result.current.error).not.toBeNull());
  onServer.isDown = false;
  await act(() => vi.advanceTimersByTimeAsync(3100));
  await vi.waitFor(() => expect(onServer.video.notes).toBe("Warm"));
  await vi.waitFor(() => expect(readNoteDraft(onServer.video.id)).toBeNull());
});
