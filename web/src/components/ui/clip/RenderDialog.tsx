import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";

import { formatCount, formatCounted } from "@/lib/format";
import { MOST_CLIPS } from "@/lib/renderDraft";

interface RenderDialogProps {
  /** The number of selected videos. */
  count: number;
  /** The number of clips that were gathered before. */
  before: number;
  onRender: (how: "add" | "replace") => void;
  onClose: () => void;
}

/** Asks what becomes of clips that were gathered before, and says how many videos one render takes. */
export function RenderDialog({ count, before, onRender, onClose }: RenderDialogProps) {
  const room = MOST_CLIPS - before;
  const added = Math.min(count, Math.max(room, 0));
  const replacing = Math.min(count, MOST_CLIPS);
  const choose = (how: "add" | "replace") => () => {
    onClose();
    onRender(how);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Render ${formatCounted(count, "video")}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        {before > 0 && (
          <Text size="sm">
            Your render already has {formatCounted(before, "clip")}. Add these videos after{" "}
            {before === 1 ? "it" : "them"}, or replace {before === 1 ? "it" : "them"}?
          </Text>
        )}
        {count > room && (
          <Alert color="orange">
            {`A render can have at most ${formatCount(MOST_CLIPS)} clips. `}
            {before > 0 && `${partWords(added)} of these videos can be added. `}
            {count > MOST_CLIPS && `Alone, the first ${formatCount(MOST_CLIPS)} of them can be rendered.`}
          </Alert>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          {before > 0 && (
            <Button variant="default" onClick={choose("replace")}>
              {`Replace with ${formatCounted(replacing, "video")}`}
            </Button>
          )}
          <Button disabled={added === 0} onClick={choose("add")}>
            {before > 0 ? `Add ${formatCounted(added, "video")}` : `Render the first ${formatCount(added)}`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function partWords(count: number): string {
  if (count === 0) return "None";
  return count === 1 ? "Only the first" : `Only the first ${formatCount(count)}`;
}
