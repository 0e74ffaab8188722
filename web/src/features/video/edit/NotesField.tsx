import { Button, Group, Text, Textarea } from "@mantine/core";
import type { KeyboardEvent } from "react";

import { sentenceOf } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { ConflictDialog } from "@/features/video/edit/ConflictDialog";
import { LeaveDialog } from "@/features/video/edit/LeaveDialog";
import { useNotes } from "@/features/video/edit/useNotes";

import classes from "@/features/video/VideoView.module.css";

const MOST_CHARACTERS = 10_000;

/** Notes in plain text, saved automatically. */
export function NotesField({ video }: { video: VideoDetail }) {
  const notes = useNotes(video);

  function saveByKey(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) notes.saveNow();
    if (event.key === "Escape") event.currentTarget.blur();
  }

  return (
    <div>
      <Textarea
        label="Notes"
        placeholder="Add a note…"
        autosize
        minRows={3}
        maxRows={16}
        maxLength={MOST_CHARACTERS}
        value={notes.text}
        onChange={(event) => notes.write(event.currentTarget.value)}
        onKeyDown={saveByKey}
        onBlur={() => void notes.flush().then(notes.settle)}
      />
      <Group gap="xs" mt={4} className={classes["noteState"]}>
        <Text size="xs" c={notes.error ? "red" : "dimmed"} role="status">
          {stateWords(notes)}
        </Text>
        {notes.unsaved && !notes.saving && (
          <Button size="compact-xs" variant="default" onClick={notes.saveNow}>
            Save now
          </Button>
        )}
      </Group>
      <ConflictDialog
        conflict={notes.conflict}
        onTheirs={notes.takeTheirs}
        onMine={notes.keepMine}
        onClose={notes.decideLater}
      />
      <LeaveDialog unsaved={notes.unsaved} save={notes.flush} />
    </div>
  );
}

function stateWords(notes: ReturnType<typeof useNotes>): string {
  if (notes.saving) return "Saving…";
  if (notes.error) return `Not saved: ${sentenceOf(notes.error)}${notes.retries ? " Kept in this browser, and retried." : ""}`;
  if (notes.unsaved) return "Not saved yet";
  return notes.text ? "Saved" : "";
}
