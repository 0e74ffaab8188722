import type { QueryClient } from "@tanstack/react-query";

import { jobKeys } from "@/api/jobs";
import { ApiError } from "@/api/problem";
import type { LibraryEvent } from "@/api/types";
import { videoKeys } from "@/api/videos";
import type { Connection } from "@/lib/live/connection";
import type { EventStream } from "@/lib/live/eventStream";
import { storeJobs } from "@/lib/live/jobCache";
import { syncJobs } from "@/lib/live/jobSync";
import { refresh } from "@/lib/live/refresh";
import { openSharedStream } from "@/lib/live/sharedStream";
import { SnapshotBuffer } from "@/lib/live/snapshotBuffer";

const POLL_MILLISECONDS = 2000;
/** Without events, nothing reports edits: the videos are refetched every so many polls. */
const POLLS_PER_REFRESH = 5;

/**
 * Keeps the cache of `queryClient` current: by events, or by polling while there are none.
 *
 * `missed`: events may have been missed before. Returns a function that stops it.
 */
export function startLiveView(
  queryClient: QueryClient,
  notify: (connection: Connection) => void,
  missed: boolean,
): () => void {
  const buffer = new SnapshotBuffer((jobs) => storeJobs(queryClient, jobs));
  let mayHaveMissed = missed;
  let isStale = false;
  function showNewest() {
    if (document.visibilityState === "hidden" || !isStale) return;
    isStale = false;
    void refresh(queryClient);
  }
  document.addEventListener("visibilitychange", showNewest);
  let stopPolling: (() => void) | undefined;
  const stream: EventStream = openSharedStream({
    onOpen: (missedSome) => {
      stopPolling?.();
      stopPolling = undefined;
      notify("live");
      if (mayHaveMissed || missedSome) void catchUp(queryClient);
      mayHaveMissed = false;
    },
    onJob: (job) => buffer.add(job),
    onLibrary: (change) => {
      // Nobody sees the videos of a hidden tab, which catches up when it is shown.
      if (document.visibilityState === "hidden") isStale = true;
      else refreshVideos(queryClient, change);
    },
    onBreak: () => {
      mayHaveMissed = true;
      stopPolling ??= poll(queryClient, notify, () => stream.reopen());
    },
  });
  return () => {
    document.removeEventListener("visibilitychange", showNewest);
    stream.close();
    stopPolling?.();
    buffer.release();
  };
}

/** Catches up on jobs that ended while the stream was closed. */
async function catchUp(queryClient: QueryClient): Promise<void> {
  // If it fails, the stream breaks too, and this runs again.
  await syncJobs(queryClient).catch(() => false);
  await refresh(queryClient);
}

function refreshVideos(queryClient: QueryClient, change: LibraryEvent): void {
  void refresh(queryClient, videoKeys.all);
  if (!change.finished) return;
  void refresh(queryClient, ["tags"]);
  void refresh(queryClient, ["searches"]);
  void refresh(queryClient, ["collections"]);
  void refresh(queryClient, ["markers"]);
  void refresh(queryClient, ["system"]);
}

/** Polls every two seconds; calls `onReturn` when an unreachable server is back. */
function poll(
  queryClient: QueryClient,
  notify: (connection: Connection) => void,
  onReturn: () => void,
): () => void {
  let stopped = false;
  let away = false;
  let count = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isStopped = () => stopped;

  async function ask() {
    try {
      const busy = await syncJobs(queryClient);
      if (isStopped()) return;
      count += 1;
      notify("polling");
      if (busy) void refresh(queryClient, jobKeys.lists);
      if (busy || count % POLLS_PER_REFRESH === 0) {
        void refresh(queryClient, videoKeys.all);
      }
      if (away) onReturn();
      away = false;
    } catch (error) {
      if (isStopped()) return;
      away = isAway(error);
      notify(away ? "offline" : "polling");
    }
    if (!isStopped()) timer = setTimeout(() => void ask(), POLL_MILLISECONDS);
  }

  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function isAway(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === null || error.status >= 500;
}
