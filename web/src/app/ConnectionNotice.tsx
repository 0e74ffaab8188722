import { Paper } from "@mantine/core";
import { IconCheck, IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { useConnection } from "@/lib/live/connection";

import classes from "@/app/Notices.module.css";

const BACK_MILLISECONDS = 4000;

/** Shows that the server cannot be reached, until it is back. */
export function ConnectionNotice() {
  const state = useNoticeState();
  return (
    <div role="status">
      {state === "offline" && (
        <Paper withBorder shadow="md" className={classes["notice"]}>
          <IconPlugConnectedX size={20} color="var(--mantine-color-orange-filled)" aria-hidden />
          <span className={classes["text"]}>
            <strong>Cannot reach the server.</strong> Retrying; what you see may be out of date.
          </span>
        </Paper>
      )}
      {state === "back" && (
        <Paper withBorder shadow="md" className={classes["notice"]}>
          <IconCheck size={20} color="var(--mantine-color-teal-filled)" aria-hidden />
          <span className={classes["text"]}>The server is back.</span>
        </Paper>
      )}
    </div>
  );
}

function useNoticeState(): "offline" | "back" | null {
  const isOffline = useConnection() === "offline";
  const [wasOffline, setWasOffline] = useState(false);
  if (isOffline && !wasOffline) setWasOffline(true);
  useEffect(() => {
    if (isOffline || !wasOffline) return;
    const timer = setTimeout(() => setWasOffline(false), BACK_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [isOffline, wasOffline]);
  if (isOffline) return "offline";
  return wasOffline ? "back" : null;
}
