import { Button, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef } from "react";

import { sentenceOf } from "@/api/problem";
import { PartMissingError } from "@/app/loadingPart";
import { useConnection } from "@/lib/live/connection";

/** Shows unexpected errors, such as a chunk of the page that an upgrade removed. */
export function RouteError({ error }: { error: unknown }) {
  const isPartMissing = error instanceof PartMissingError;
  const isOffline = useConnection() === "offline";
  useReloadOnReturn(isPartMissing, isOffline);
  const isWaiting = isPartMissing && isOffline;
  return (
    <Stack align="center" p="xl" gap="sm" role="alert">
      <Title order={1} size="h2" ta="center">
        {isWaiting ? "Cannot reach the server" : "This page could not be shown"}
      </Title>
      <Text c="dimmed" ta="center">
        {isWaiting
          ? "This page has not been loaded yet. It will appear when the server is back."
          : sentenceOf(error)}
      </Text>
      {!isWaiting && <Button onClick={() => window.location.reload()}>Reload the page</Button>}
    </Stack>
  );
}

/** Reloading while the server is down would leave an empty tab. */
function useReloadOnReturn(wanted: boolean, isOffline: boolean): void {
  const wasOffline = useRef(false);
  useEffect(() => {
    if (!wanted) return;
    if (wasOffline.current && !isOffline) window.location.reload();
    wasOffline.current = isOffline;
  }, [wanted, isOffline]);
}
