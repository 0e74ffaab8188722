import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";

import { renderDraft, setRenderDraft, type RenderDraft } from "@/lib/renderDraft";

const UNDO_MILLISECONDS = 15_000;

/** Returns a function that opens the render page, optionally with another draft, which can be undone. */
export function useOpenRender(): (draft?: RenderDraft) => void {
  const navigate = useNavigate();
  return (draft) => {
    if (draft) replace(draft);
    void navigate({ to: "/render", search: {} });
  };
}

function replace(draft: RenderDraft): void {
  const before = renderDraft();
  setRenderDraft(draft);
  if (before.clips.length === 0) return;
  const id = notifications.show({
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">Your previous clips were replaced.</Text>
        <Button
          variant="light"
          size="compact-sm"
          onClick={() => {
            setRenderDraft(before);
            notifications.hide(id);
          }}
        >
          Undo
        </Button>
      </Group>
    ),
    autoClose: UNDO_MILLISECONDS,
  });
}
