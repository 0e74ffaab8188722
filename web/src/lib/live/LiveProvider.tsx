import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { ConnectionContext, type Connection } from "@/lib/live/connection";
import { startLiveView } from "@/lib/live/liveView";
import { useTokenRequired } from "@/lib/session";

/** A hidden tab closes its connection after this time: a browser has six per server. */
const HIDDEN_MILLISECONDS = 15_000;

/** Keeps the cached jobs and videos current. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  const visible = useRecentlyVisible();
  const tokenRequired = useTokenRequired();
  const listened = useRef(false);
  const listening = visible && !tokenRequired;

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
