import { TagsInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { sentenceOf } from "@/api/problem";
import { tagsQuery } from "@/api/tags";
import type { VideoDetail } from "@/api/types";
import { WaitingText } from "@/features/video/edit/WaitingText";
import { useKeptChange, useWaitingChange } from "@/features/video/edit/useVideoChange";
import { useShortcuts } from "@/lib/shortcuts";

const MOST_CHARACTERS = 100;
const MOST_TAGS = 100;
const TYPING_MILLISECONDS = 150;

/** The tags of a video, saved after each change. */
export function TagsField({ video }: { video: VideoDetail }) {
  const queryClient = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [start] = useDebouncedValue(typed, TYPING_MILLISECONDS);
  const { data } = useQuery({ ...tagsQuery(start), placeholderData: keepPreviousData });
  const change = useKeptChange<"tags">(video);
  const waiting = useWaitingChange(video.id, "tags");
  const shown = change.isPending ? change.variables.mine : waiting ? waiting.mine : video.tags;

  useShortcuts([{ keys: "t", label: "Edit tags", run: () => field.current?.focus() }]);

  function save(mine: string[]) {
    change.mutate(
      { field: "tags", base: shown, mine },
      { onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["tags"] }) },
    );
  }

  return (
    <div>
      <TagsInput
        ref={field}
        // Back to the keys of the page.
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        label="Tags"
        placeholder={shown.length === 0 ? "Add a tag" : ""}
        description="Press Enter or comma to add a tag."
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={[...shown]}
        onChange={save}
        searchValue={typed}
        onSearchChange={setTyped}
        data={(data?.items ?? []).map((tag) => tag.name).filter((name) => !shown.includes(name))}
        maxLength={MOST_CHARACTERS}
        maxTags={MOST_TAGS}
        error={change.error ? `Not saved: ${sentenceOf(change.error)}` : undefined}
      />
      {waiting && !change.isPending && <WaitingText />}
    </div>
  );
}
