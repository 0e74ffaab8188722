import { Alert, Button, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useRef } from "react";

import { useConnection } from "@/lib/live/connection";

import classes from "@/features/video/player/Player.module.css";

interface PlayerNoticeProps {
  slot: string;
  problem: string;
  onRetry: () => void;
}

/** Shows why playback failed; retries on request, and when the server is back. */
export function PlayerNotice({ slot, problem, onRetry }: PlayerNoticeProps) {
  const connection = useConnection();
  const before = useRef(connection);
  useEffect(() => {
    if (before.current === "offline" && connection !== "offline") onRetry();
    before.current = connection;
  }, [connection, onRetry]);

  return (
    // The attribute keeps the controls from hiding it.
    <div slot={slot} className={classes["notice"]} role="alert" {...{ noautohide: "" }}>
      <Alert
        color="red"
        variant="white"
        icon={<IconAlertTriangle aria-hidden />}
        title="Playback failed"
        role="presentation"
      >
        <Stack gap="xs" align="flex-start">
          {problem}
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Stack>
      </Alert>
    </div>
  );
}
