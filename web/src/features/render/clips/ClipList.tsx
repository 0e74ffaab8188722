import { Button, Group, Text, VisuallyHidden } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactNode } from "react";

import { ClipItem } from "@/features/render/clips/ClipItem";
import { TransitionField } from "@/features/render/clips/TransitionField";
import { Section } from "@/components/ui/Section";
import { SortableList } from "@/components/ui/SortableList";
import type { ClipVideo } from "@/features/render/useClipVideos";
import { formatCounted } from "@/lib/format";
import {
  addClips,
  changeRenderDraft,
  copyOf,
  gapSeconds,
  MOST_CLIPS,
  newGap,
  newImage,
  type DraftClip,
} from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipList.module.css";

const USUAL_IMAGE_SECONDS = 3;

interface ClipListProps {
  clips: readonly DraftClip[];
  videos: ReadonlyMap<string, ClipVideo>;
  /** Beside the heading. */
  aside?: ReactNode;
  /** Above the list. */
  children?: ReactNode;
}

const keyOf = (clip: DraftClip) => clip.key;

const added = [
  ["Add image clip", () => newImage(USUAL_IMAGE_SECONDS)],
  ["Add gap", () => newGap(1)],
] as const;

/** The clips in order, which is changed by dragging. */
export function ClipList({ clips, videos, aside, children }: ClipListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<{ key: string; words: string } | null>(null);
  const set = (next: readonly DraftClip[]) => changeRenderDraft({ clips: next });

  useEffect(() => {
    if (!focused) return;
    // The button that was pressed is gone, or has lost the focus. Not now: a menu that closes notes
    // what has the focus, and takes it back if nothing else has got it since.
    const timer = setTimeout(() => {
      list.current?.querySelector<HTMLElement>(`[data-item="${focused.key}"] button`)?.focus();
    });
    return () => clearTimeout(timer);
  }, [focused]);

  function move(from: number, to: number) {
    const clip = clips[from];
    if (!clip) return;
    set(clips.toSpliced(from, 1).toSpliced(to, 0, clip));
  }

  function moveByMenu(clip: DraftClip, index: number, step: number) {
    move(index, index + step);
    setFocused({ key: clip.key, words: `Clip ${index + step + 1} of ${clips.length}` });
  }

  function duplicate(clip: DraftClip, index: number) {
    const copy = copyOf(clip);
    set(clips.toSpliced(index + 1, 0, copy));
    setFocused({ key: copy.key, words: `Clip ${index + 2} of ${clips.length + 1}` });
  }

  function remove(index: number) {
    set(clips.toSpliced(index, 1));
    const next = clips[index + 1] ?? clips[index - 1];
    if (next) setFocused({ key: next.key, words: "Removed" });
  }

  return (
    <Section
      title="Clips"
      aside={
        <Group gap="xs">
          {aside}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => set([])}>
            Remove all
          </Button>
        </Group>
      }
    >
      {children}
      <div ref={list}>
        <SortableList
          items={clips}
          keyOf={keyOf}
          nameOf={(_, index) => `clip ${index + 1}`}
          label="Clips"
          className={classes["list"]}
          onMove={move}
        >
          {(clip, index, handle) => (
            <>
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
                handle={handle}
                onChange={(change) => set(clips.map((one) => (one === clip ? { ...one, ...change } : one)))}
                onMove={(step) => moveByMenu(clip, index, step)}
                onDuplicate={() => duplicate(clip, index)}
                onRemove={() => remove(index)}
              />
            </>
          )}
        </SortableList>
      </div>
      <Group justify="space-between" align="flex-start" mt="xs" gap="xs">
        <Text size="xs" c="dimmed" className={classes["hint"] ?? ""}>
          {formatCounted(clips.length, "clip")} in this order; drag to reorder. Arrow keys move a time by one frame,
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
      <VisuallyHidden role="status">{focused?.words}</VisuallyHidden>
    </Section>
  );
}
