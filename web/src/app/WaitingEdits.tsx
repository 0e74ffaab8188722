import { Button, Paper } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconClockPause } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { sentenceOf } from "@/api/problem";
import { showBulkOutcome } from "@/components/ui/bulkNotices";
import { queuedEdits, removeEdits } from "@/lib/edits/editQueue";
import { bulkDoneWords, bulkStartedWords, refusedWords } from "@/lib/edits/editWords";
import { setEditReports } from "@/lib/edits/sendEdits";
import { useEditSender } from "@/lib/edits/useEditSender";
import { formatCounted } from "@/lib/format";
import { refresh } from "@/lib/live/refresh";

import classes from "@/app/Notices.module.css";

/** Sends the edits that wait for the server, and shows how many there are. */
export function WaitingEdits() {
  const { waiting, sendNow } = useEditSender();
  const [asks, setAsks] = useState(false);
  useReports();
  if (waiting === 0 && asks) setAsks(false);
  const edits = formatCounted(waiting, "edit");
  return (
    <div role="status">
      {waiting > 0 && (
        <Paper withBorder shadow="md" className={classes["notice"]}>
          <IconClockPause size={20} color="var(--mantine-color-orange-filled)" aria-hidden />
          <span className={classes["text"]}>
            {asks ? (
              `Discard ${edits}? ${waiting === 1 ? "It has" : "They have"} not been saved.`
            ) : (
              <>
                <strong>
                  {edits} {waiting === 1 ? "waits" : "wait"} for the server.
                </strong>{" "}
                Kept in this browser.
              </>
            )}
          </span>
          {asks ? (
            <>
              <Button size="compact-sm" variant="default" onClick={() => setAsks(false)}>
                Keep
              </Button>
              <Button size="compact-sm" color="red" onClick={() => removeEdits(queuedEdits().map((edit) => edit.id))}>
                Discard
              </Button>
            </>
          ) : (
            <>
              <Button size="compact-sm" variant="default" onClick={() => setAsks(true)}>
                Discard…
              </Button>
              <Button size="compact-sm" variant="default" onClick={sendNow}>
                Try now
              </Button>
            </>
          )}
        </Paper>
      )}
    </div>
  );
}

/** Reports what becomes of edits after their page was left or reloaded. */
function useReports(): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    setEditReports({
      onSaved: (edit, sent) => {
        void refresh(queryClient);
        if (edit.kind === "video" || "video" in sent) return;
        showBulkOutcome(sent, (count) => bulkDoneWords(edit.edit, count), bulkStartedWords(edit.edit));
      },
      onRefused: (edit, error) => {
        void refresh(queryClient);
        notifications.show({
          color: "red",
          title: refusedWords(edit),
          message: sentenceOf(error),
          autoClose: false,
          closeButtonProps: { "aria-label": "Dismiss" },
        });
      },
    });
    return () => setEditReports(null);
  }, [queryClient]);
}
