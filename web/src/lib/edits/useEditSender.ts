import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";

import { useQueuedEdits } from "@/lib/edits/editQueue";
import { sendEdits } from "@/lib/edits/sendEdits";

const RETRY_MILLISECONDS = 3000;

/**
 * Sends the edits that wait until none is left.
 *
 * Returns how many wait for the server; 0 while they are only being sent.
 */
export function useEditSender(): { waiting: number; sendNow: () => void } {
  const queryClient = useQueryClient();
  const count = useQueuedEdits().length;
  const [attempts, setAttempts] = useState(0);
  const sendNow = useCallback(() => {
    void sendEdits(queryClient).finally(() => setAttempts((before) => before + 1));
  }, [queryClient]);
  const isWaiting = count > 0;
  // What an earlier visit has left is sent at once; an edit of this one is being sent already.
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(sendNow, attempts === 0 ? 0 : RETRY_MILLISECONDS);
    window.addEventListener("online", sendNow);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", sendNow);
    };
  }, [isWaiting, attempts, sendNow]);
  if (!isWaiting && attempts > 0) setAttempts(0);
  return { waiting: attempts > 0 ? count : 0, sendNow };
}
