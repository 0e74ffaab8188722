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
/** While events do not come through, nobody tells of edits: every so many polls they are asked for. */
const POLLS_PER_REFRESH = 5;

/**
 * Keeps the cache of `queryClient` current: by events, and while they do not come, by asking.
 *
 * `missed` says that events may have been missed before. Call what it returns to stop.
 */
export function startLiveView(
  queryClient: QueryClient,
  tell: (connection: Connection) => void,
  missed: boolean,
): () => void {
  const buffer = new SnapshotBuffer((jobs) => storeJobs(queryClient, jobs));
  let mayHaveMissed = missed;
  let stopPolling: (() => void) | undefined;
  const stream: EventStream = openSharedStream({
    onOpen: (missedSome) => {
      stopPolling?.();
      stopPolling = undefined;
      tell("live");
      if (mayHaveMissed || missedSome) void catchUp(queryClient);
      mayHaveMissed = false;
    },
    onJob: (job) => buffer.add(job),
    onLibrary: (change) => refreshVideos(queryClient, change),
    onBreak: () => {
      mayHaveMissed = true;
      stopPolling ??= poll(queryClient, tell, () => stream.reopen());
    },
  });
  return () => {
    stream.close();
    stopPolling?.();
    buffer.release();
  };
}

/** What ended while nobody listened is in no event. */
async function catchUp(queryClient: QueryClient): Promise<void> {
  // Where it fails the stream breaks too, and there is another time.
  await syncJobs(queryClient).catch(() => false);
  await refresh(queryClient);
}

function refreshVideos(queryClient: QueryClient, change: LibraryEvent): void {
  void refresh(queryClient, videoKeys.all);
  if (!change.finished) return;
  void refresh(queryClient, ["tags"]);
  void refresh(queryClient, ["system"]);
}

/** Asks every two seconds; `onReturn` is called when a server that did not answer does again. */
function poll(
  queryClient: QueryClient,
  tell: (connection: Connection) => void,
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
      tell("polling");
      if (busy) void refresh(queryClient, jobKeys.lists);
      if (busy || count % POLLS_PER_REFRESH === 0) {
        void refresh(queryClient, videoKeys.all);
      }
      if (away) onReturn();
      away = false;
    } catch (error) {
      if (isStopped()) return;
      away = isAway(error);
      tell(away ? "offline" : "polling");
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
