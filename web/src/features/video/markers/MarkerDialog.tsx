import { Button, Group, Modal, Stack, TagsInput, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Marker, MarkerBody } from "@/api/markers";
import type { VideoDetail } from "@/api/types";
import { MomentInput } from "@/components/ui/clip/MomentInput";

interface MarkerDialogProps {
  video: VideoDetail;
  marker: Marker;
  /** Returns whether it was saved. */
  onSave: (body: MarkerBody) => Promise<boolean>;
  onClose: () => void;
}

const MOST_CHARACTERS = 500;
const MOST_TAG_CHARACTERS = 100;
const MOST_TAGS = 20;

/** Changes the title, the tags and the times of a marker. */
export function MarkerDialog({ video, marker, onSave, onClose }: MarkerDialogProps) {
  const [title, setTitle] = useState(marker.title);
  const [tags, setTags] = useState(marker.tags);
  const [start, setStart] = useState<number | null>(marker.start_seconds);
  const [end, setEnd] = useState(marker.end_seconds);
  const [isSaving, setSaving] = useState(false);
  const isBackward = start !== null && end !== null && end <= start;
  const times = { frameRate: video.frame_rate, durationSeconds: video.duration_seconds };

  async function save() {
    if (start === null) return;
    setSaving(true);
    const isSaved = await onSave({ title, tags, start_seconds: start, end_seconds: end });
    setSaving(false);
    if (isSaved) onClose();
  }

  return (
    <Modal opened onClose={onClose} title="Edit marker" closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBackward) void save();
        }}
      >
        <Stack>
          <TextInput
            label="Title"
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            maxLength={MOST_CHARACTERS}
            data-autofocus
          />
          <TagsInput
            label="Tags"
            description="Press Enter after each tag."
            value={tags}
            onChange={setTags}
            maxLength={MOST_TAG_CHARACTERS}
            maxTags={MOST_TAGS}
            acceptValueOnBlur
          />
          <Group grow align="flex-start">
            <MomentInput {...times} label="Start" seconds={start} onSet={setStart} />
            <MomentInput
              {...times}
              label="End"
              placeholder="None: a moment"
              seconds={end}
              onSet={setEnd}
              error={isBackward ? "Must be after the start" : undefined}
            />
          </Group>
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isSaving} disabled={start === null || isBackward}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
