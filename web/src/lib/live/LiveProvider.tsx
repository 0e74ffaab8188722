import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { activeJobsQuery, jobKeys } from "@/api/jobs";
import type { LibraryEvent } from "@/api/types";
import { videoKeys } from "@/api/videos";
import { ConnectionContext, type Connection } from "@/lib/live/connection";
import { openEventStream } from "@/lib/live/eventStream";
import { storeJob } from "@/lib/live/jobCache";

const POLL_MILLISECONDS = 2000;
/** A tab that nobody sees lets go of its connection: a browser has six for one server. */
const HIDDEN_MILLISECONDS = 15_000;

/** Keeps what the page knows of jobs and videos current for all below it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  const visible = useRecentlyVisible();
  const missedEvents = useRef(false);

  useEffect(() => {
    if (!visible) return;
    let stopPolling: (() => void) | undefined;
    const close = openEventStream({
      onOpen: () => {
        stopPolling?.();
        stopPolling = undefined;
        setConnection("live");
        // What ended while nobody listened is in no event.
        if (missedEvents.current) void queryClient.invalidateQueries();
        missedEvents.current = false;
      },
      onJob: (job) => storeJob(queryClient, job),
      onLibrary: (change) => refreshVideos(queryClient, change),
      onBreak: () => {
        missedEvents.current = true;
        stopPolling ??= poll(queryClient, setConnection);
      },
    });
    return () => {
      missedEvents.current = true;
      close();
      stopPolling?.();
    };
  }, [queryClient, visible]);

  return <ConnectionContext value={connection}>{children}</ConnectionContext>;
}

function refreshVideos(queryClient: QueryClient, change: LibraryEvent): void {
  void queryClient.invalidateQueries({ queryKey: videoKeys.all });
  if (change.finished) void queryClient.invalidateQueries({ queryKey: ["tags"] });
}

/** Asks for jobs every two seconds, and what is on screen after each that ended. */
function poll(queryClient: QueryClient, tell: (connection: Connection) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let before = new Set(queryClient.getQueryData(activeJobsQuery.queryKey)?.map((job) => job.id));

  async function ask() {
    try {
      const jobs = await queryClient.query({ ...activeJobsQuery, staleTime: 0, retry: false });
      if (stopped) return;
      tell("polling");
      jobs.forEach((job) => storeJob(queryClient, job));
      const now = new Set(jobs.map((job) => job.id));
      if (jobs.length > 0 || [...before].some((id) => !now.has(id))) {
        void queryClient.invalidateQueries({ queryKey: ["jobs", "one"] });
        void queryClient.invalidateQueries({ queryKey: jobKeys.lists });
        void queryClient.invalidateQueries({ queryKey: videoKeys.all });
      }
      before = now;
    } catch {
      if (stopped) return;
      tell("offline");
    }
    timer = setTimeout(() => void ask(), POLL_MILLISECONDS);
  }

  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Whether the tab is seen, or was until a moment ago. */
function useRecentlyVisible(): boolean {
  const [visible, setVisible] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    function look() {
      clearTimeout(timer);
      if (document.visibilityState === "visible") setVisible(true);
      else timer = setTimeout(() => setVisible(false), HIDDEN_MILLISECONDS);
    }
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return visible;
}
