import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { activeJobsQuery } from "@/api/jobs";
import { ConnectionContext, type Connection } from "@/lib/live/connection";
import { startLiveView } from "@/lib/live/liveView";
import { canShareStream } from "@/lib/live/sharedStream";
import { useNoticeChoice } from "@/lib/noticeChoice";
import { useTokenRequired } from "@/lib/session";

/** A hidden tab that nobody needs closes its connection after this time. */
const HIDDEN_MILLISECONDS = 15_000;

/** Keeps the cached jobs and videos current. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  const visible = useRecentlyVisible();
  const tokenRequired = useTokenRequired();
  const listened = useRef(false);
  const { data: activeJobs = [] } = useQuery({ ...activeJobsQuery, enabled: !tokenRequired });
  const isNotified = useNoticeChoice() === "on";
  // A hidden tab still shows progress, and that a job has ended, where it needs no connection of
  // its own for that: a browser has six per server.
  const isUseful = visible || (canShareStream() && (isNotified || activeJobs.length > 0));
  const listening = isUseful && !tokenRequired;

  useEffect(() => {
    if (!listening) return;
    const stop = startLiveView(queryClient, setConnection, listened.current);
    listened.current = true;
    return stop;
  }, [queryClient, listening]);

  return <ConnectionContext value={connection}>{children}</ConnectionContext>;
}

/** Returns whether the tab is visible, or was until a moment ago. */
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
