import { ActionIcon, Button, Group, TextInput, Title } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useRef, useState, type KeyboardEvent, type SyntheticEvent } from "react";

import { sentenceOf } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { ConflictDialog } from "@/features/video/edit/ConflictDialog";
import { WaitingText } from "@/features/video/edit/WaitingText";
import { useKeptChange, useWaitingChange } from "@/features/video/edit/useVideoChange";
import { EditConflict } from "@/lib/edits/videoChange";
import { shownName } from "@/lib/shownName";

import classes from "@/features/video/VideoView.module.css";

const MOST_CHARACTERS = 500;

/** The pencil button opened the field. */
function focusOn(field: HTMLInputElement | null): void {
  field?.select();
}

/** The title, which can be edited: Enter saves, Escape cancels. */
export function TitleField({ video }: { video: VideoDetail }) {
  const [draft, setDraft] = useState<{ base: string | null; text: string } | null>(null);
  const pencil = useRef<HTMLButtonElement>(null);
  const change = useKeptChange<"title">(video);
  const waiting = useWaitingChange(video.id, "title");
  const title = waiting ? waiting.mine : video.title;
  const conflict = change.error instanceof EditConflict ? change.error : null;

  function close() {
    setDraft(null);
    change.reset();
    // The field is gone, so something else must take the focus.
    requestAnimationFrame(() => pencil.current?.focus());
  }

  function save(base: string | null, text: string) {
    change.mutate({ field: "title", base, mine: text.trim() || null }, { onSuccess: close });
  }

  if (draft === null) {
    return (
      <div>
        <Group gap={4} wrap="nowrap" align="flex-start">
          <Title order={1} size="h3" className={classes["videoTitle"]}>
            {shownName(title ?? video.name)}
          </Title>
          <ActionIcon
            ref={pencil}
            variant="subtle"
            color="gray"
            aria-label="Edit title"
            onClick={() => setDraft({ base: title, text: title ?? "" })}
          >
            <IconPencil size={18} aria-hidden />
          </ActionIcon>
        </Group>
        {waiting && !change.isPending && <WaitingText />}
      </div>
    );
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save(draft.base, draft.text);
  };
  const cancelByKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-start">
        <TextInput
          ref={focusOn}
          flex={1}
          miw="14rem"
          aria-label="Title"
          placeholder={video.name}
          maxLength={MOST_CHARACTERS}
          value={draft.text}
          onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
          onKeyDown={cancelByKey}
          error={change.error && !conflict ? `Not saved: ${sentenceOf(change.error)}` : undefined}
        />
        <Button type="submit" loading={change.isPending}>
          Save
        </Button>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
      </Group>
      <ConflictDialog
        conflict={conflict}
        onTheirs={close}
        onMine={() => save((conflict?.theirs as string | null | undefined) ?? null, draft.text)}
        onClose={() => change.reset()}
      />
    </form>
  );
}
