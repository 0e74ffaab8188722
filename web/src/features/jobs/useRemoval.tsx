import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useCallback, useEffect, useRef, useState } from "react";

import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { useJobKinds } from "@/lib/jobKinds";
import { jobTitle } from "@/lib/jobWords";
import { useForgetJob } from "@/lib/live/useJobActions";

const UNDO_MILLISECONDS = 6000;

/** Hides jobs at once, and deletes them when the time to undo has passed. */
export function useRemoval() {
  const kinds = useJobKinds();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const waiting = useRef(new Map<string, () => void>());
  const { mutate } = useForgetJob();

  const show = useCallback((id: string) => {
    setHidden((before) => new Set([...before].filter((one) => one !== id)));
  }, []);

  const remove = useCallback(
    (job: Job) => {
      const notice = `remove-${job.id}`;
      const finish = () => {
        clearTimeout(timer);
        waiting.current.delete(job.id);
        mutate(job.id, {
          onError: (error) => {
            show(job.id);
            notifications.show({ color: "red", title: "Could not remove the job", message: sentenceOf(error) });
          },
        });
      };
      const undo = () => {
        clearTimeout(timer);
        waiting.current.delete(job.id);
        notifications.hide(notice);
        show(job.id);
      };
      const timer = setTimeout(finish, UNDO_MILLISECONDS);
      waiting.current.set(job.id, finish);
      setHidden((before) => new Set(before).add(job.id));
      notifications.show({
        id: notice,
        autoClose: UNDO_MILLISECONDS,
        closeButtonProps: { "aria-label": "Close" },
        message: (
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <span>{jobTitle(job, kinds)} was removed.</span>
            <Button size="compact-sm" variant="default" onClick={undo}>
              Undo
            </Button>
          </Group>
        ),
      });
    },
    [kinds, mutate, show],
  );

  // Leaving the page confirms the removal.
  useEffect(() => {
    const left = waiting.current;
    return () => left.forEach((finish) => finish());
  }, []);

  return { hidden, remove };
}
