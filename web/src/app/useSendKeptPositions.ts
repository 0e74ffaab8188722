import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { sendKeptPositions } from "@/lib/keptPositions";

/** The first page comes first. */
const DELAY_MILLISECONDS = 2000;

/** Sends playback positions that this browser stores to the server. */
export function useSendKeptPositions(): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const timer = setTimeout(() => void sendKeptPositions(queryClient), DELAY_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [queryClient]);
}
