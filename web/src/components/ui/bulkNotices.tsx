import { notifications } from "@mantine/notifications";

import type { BulkOutcome } from "@/api/bulk";
import { UndoMessage } from "@/components/ui/UndoButton";
import { newKey } from "@/lib/edits/newKey";

const UNDO_MILLISECONDS = 10_000;
const NOTICE_MILLISECONDS = 4000;

/** Reports a bulk edit: its number with its undo, or that a job makes it. */
export function showBulkOutcome(outcome: BulkOutcome, done: (count: number) => string, started: string): void {
  const token = "job" in outcome || outcome.count === 0 ? null : outcome.undo;
  showUndoable("job" in outcome ? `${started} See Jobs for progress.` : done(outcome.count), token);
}

/** Shows what was done, with a button that undoes the edit with this token, or all with these; null without one. */
export function showUndoable(message: string, token: string | readonly string[] | null): void {
  const id = `bulk-${newKey()}`;
  notifications.show({
    id,
    closeButtonProps: { "aria-label": "Dismiss" },
    message: (
      <UndoMessage token={token} onPress={() => notifications.hide(id)}>
        {message}
      </UndoMessage>
    ),
    autoClose: token === null ? NOTICE_MILLISECONDS : UNDO_MILLISECONDS,
  });
}
