import { Button, Group, Text, VisuallyHidden } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { ClipItem } from "@/features/render/clips/ClipItem";
import { TransitionField } from "@/features/render/clips/TransitionField";
import { Section } from "@/components/ui/Section";
import type { ClipVideo } from "@/features/render/useClipVideos";
import { formatCounted } from "@/lib/format";
import { addClips, changeRenderDraft, gapSeconds, MOST_CLIPS, newGap, newImage, type DraftClip } from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipList.module.css";

const USUAL_IMAGE_SECONDS = 3;

interface ClipListProps {
  clips: readonly DraftClip[];
  videos: ReadonlyMap<string, ClipVideo>;
}

const added = [
  ["Add image clip", () => newImage(USUAL_IMAGE_SECONDS)],
  ["Add gap", () => newGap(1)],
] as const;

/** The clips in order. */
export function ClipList({ clips, videos }: ClipListProps) {
  const list = useRef<HTMLOListElement>(null);
  const [moved, setMoved] = useState<{ key: string; step: number; words: string } | null>(null);
  const set = (next: readonly DraftClip[]) => changeRenderDraft({ clips: next });

  useEffect(() => {
    // A moved element loses the focus.
    if (!moved) return;
    const item = list.current?.querySelector(`[data-clip="${moved.key}"]`);
    const buttons = item?.querySelectorAll<HTMLButtonElement>("button[data-step]") ?? [];
    const enabled = [...buttons].filter((button) => !button.disabled);
    (enabled.find((one) => one.dataset["step"] === String(moved.step)) ?? enabled[0])?.focus();
  }, [moved]);

  function move(index: number, step: number) {
    const next = [...clips];
    const [clip] = next.splice(index, 1);
    if (!clip) return;
    next.splice(index + step, 0, clip);
    set(next);
    setMoved({ key: clip.key, step, words: `Clip ${index + step + 1} of ${clips.length}` });
  }

  function remove(index: number) {
    set(clips.filter((_, place) => place !== index));
    const next = clips[index + 1] ?? clips[index - 1];
    if (next) setMoved({ key: next.key, step: 1, words: "Removed" });
  }

  return (
    <Section
      title="Clips"
      aside={
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => set([])}>
          Remove all
        </Button>
      }
    >
      <ol className={classes["list"]} ref={list}>
        {clips.map((clip, index) => (
          <li key={clip.key} data-clip={clip.key}>
            {index > 0 && gapSeconds(clip) === null && (
              <TransitionField
                clipNumber={index + 1}
                transition={clip.transition}
                onChange={(transition) => set(clips.map((one) => (one === clip ? { ...one, transition } : one)))}
              />
            )}
            <ClipItem
              clip={clip}
              number={index + 1}
              count={clips.length}
              known={videos.get(clip.videoId)}
              onChange={(change) => set(clips.map((one) => (one === clip ? { ...one, ...change } : one)))}
              onMove={(step) => move(index, step)}
              onRemove={() => remove(index)}
            />
          </li>
        ))}
      </ol>
      <Group justify="space-between" align="flex-start" mt="xs" gap="xs">
        <Text size="xs" c="dimmed" className={classes["hint"] ?? ""}>
          {formatCounted(clips.length, "clip")} in this order. Arrow keys move a time by one frame,
          Shift+arrow by ten.
        </Text>
        <Group gap="xs">
          {added.map(([words, clip]) => (
            <Button
              key={words}
              size="compact-xs"
              variant="default"
              leftSection={<IconPlus size={13} aria-hidden />}
              disabled={clips.length >= MOST_CLIPS}
              onClick={() => addClips([clip()])}
            >
              {words}
            </Button>
          ))}
        </Group>
      </Group>
      <VisuallyHidden role="status">{moved?.words}</VisuallyHidden>
    </Section>
  );
}
