import { Button, Group, Modal, Stack, Text } from "@mantine/core";

import { fieldWords } from "@/lib/edits/editWords";
import type { EditConflict, Annotations, AnnotationField } from "@/lib/edits/videoChange";

import classes from "@/features/video/VideoView.module.css";

interface ConflictDialogProps {
  /** Null if there is none. */
  conflict: EditConflict | null;
  onTheirs: () => void;
  onMine: () => void;
  /** Postpones the decision; nothing is lost. */
  onClose: () => void;
}

/** Shows two conflicting versions, and asks which to keep. */
export function ConflictDialog({ conflict, onTheirs, onMine, onClose }: ConflictDialogProps) {
  return (
    <Modal
      opened={conflict !== null}
      onClose={onClose}
      title="Someone else changed this video"
      closeButtonProps={{ "aria-label": "Decide later" }}
      size="lg"
    >
      {conflict && (
        <Stack>
          <Text size="sm">
            The {fieldWords[conflict.change.field]} changed while you were editing. Choose which version to keep.
          </Text>
          <Version heading="Theirs (saved)" value={conflict.theirs} />
          <Version heading="Yours (not saved)" value={conflict.change.mine} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onTheirs}>
              Use theirs
            </Button>
            <Button onClick={onMine}>Keep mine</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function Version({ heading, value }: { heading: string; value: Annotations[AnnotationField] }) {
  const words = Array.isArray(value) ? value.join(", ") : String(value ?? "");
  return (
    <div>
      <Text size="xs" c="dimmed" mb={2}>
        {heading}
      </Text>
      <div className={classes["conflictVersion"]}>{words || "Empty"}</div>
    </div>
  );
}
