import { Button, Paper } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { isNewerPageServed } from "@/app/servedPage";
import { useConnection } from "@/lib/live/connection";

import classes from "@/app/Notices.module.css";

/** Offers to reload if the server came back with a newer version of the page. */
export function NewVersionNotice() {
  const connection = useConnection();
  const broken = useRef(false);
  const [isNewer, setIsNewer] = useState(false);
  useEffect(() => {
    if (connection === "offline" || connection === "polling") broken.current = true;
    if (connection !== "live" || !broken.current) return;
    broken.current = false;
    void isNewerPageServed().then(setIsNewer);
  }, [connection]);
  return (
    <div role="status">
      {isNewer && (
        <Paper withBorder shadow="md" className={classes["notice"]}>
          <IconRefresh size={20} aria-hidden />
          <span className={classes["text"]}>A new version is available.</span>
          <Button size="compact-sm" onClick={() => window.location.reload()}>
            Reload
          </Button>
        </Paper>
      )}
    </div>
  );
}
