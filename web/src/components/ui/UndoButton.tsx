import { Button, Group, Text, type ButtonProps } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { undoEdits, type UndoOutcome } from "@/api/bulk";
import { sentenceOf } from "@/api/problem";
import { refresh } from "@/lib/live/refresh";
import { formatCount, formatCounted } from "@/lib/format";

const dismissable = { closeButtonProps: { "aria-label": "Dismiss" } };

interface UndoButtonProps {
  /** The token of the edit, or those of its parts in order. */
  token: string | readonly string[];
  /** Called as soon as it is pressed. */
  onPress?: () => void;
  describedBy?: string;
  mih?: ButtonProps["mih"];
}

/** Undoes a bulk edit, and reports how that went. */
export function UndoButton({ token, onPress, describedBy, mih }: UndoButtonProps) {
  const queryClient = useQueryClient();
  const undo = useMutation({
    mutationFn: () => undoEdits([token].flat()),
    onSuccess: (outcome) => {
      void refresh(queryClient);
      notifications.show({ ...dismissable, message: undoWords(outcome) });
    },
    onError: (error) => {
      notifications.show({ ...dismissable, color: "red", title: "Could not undo", message: sentenceOf(error) });
    },
  });
  return (
    <Button
      variant="light"
      size="compact-sm"
      mih={mih}
      aria-describedby={describedBy}
      loading={undo.isPending}
      disabled={undo.isSuccess}
      onClick={() => {
        onPress?.();
        undo.mutate();
      }}
    >
      Undo
    </Button>
  );
}

/** The message of a notice, with a button that undoes what it reports; null without one. */
export function UndoMessage({ children, token, onPress }: { children: ReactNode; token: string | readonly string[] | null; onPress?: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{children}</Text>
      {token !== null && <UndoButton token={token} mih={{ base: 44, sm: 26 }} {...(onPress && { onPress })} />}
    </Group>
  );
}

function undoWords(outcome: UndoOutcome): string {
  if ("job" in outcome) return "Undoing. See Jobs for progress.";
  const { restored, changed_since: changed } = outcome;
  const left = changed === 0 ? "" : ` ${formatCount(changed)} edited since ${changed === 1 ? "was" : "were"} left alone.`;
  if (restored === 0 && changed === 0) return "Undone.";
  return `Undone for ${formatCounted(restored, "video")}.${left}`;
}
