import { Button, Group, Paper, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBracketsContain, IconMovie, IconPlus, IconRotate } from "@tabler/icons-react";

import type { VideoDetail } from "@/api/types";
import { ClipRange } from "@/components/ui/clip/ClipRange";
import { PointField } from "@/components/ui/clip/PointField";
import type { ClipPointsControl } from "@/components/ui/clip/useClipPoints";
import { useOpenRender } from "@/components/ui/clip/useOpenRender";
import { formatCounted } from "@/lib/format";
import { formatMoment, framesPerSecond } from "@/lib/moments";
import { addClips, draftOf, MOST_CLIPS, newClip, renderDraft } from "@/lib/renderDraft";
import { useShortcuts } from "@/lib/shortcuts";

import classes from "@/components/ui/clip/ClipBar.module.css";

interface ClipBarProps {
  video: VideoDetail;
  clip: ClipPointsControl;
  /** Whether there is a player; without one, points can only be typed. */
  plays: boolean;
}

/** Sets a clip of a video, and adds it to a render. */
export function ClipBar({ video, clip, plays }: ClipBarProps) {
  const { frame_rate: frameRate, duration_seconds: durationSeconds } = video;
  const { inSeconds, outSeconds } = clip.points;
  const open = useOpenRender();
  const hasPoints = inSeconds !== null || outSeconds !== null;
  useShortcuts(
    plays
      ? [
          { keys: "i", label: "Set in point", run: clip.setInHere },
          { keys: "o", label: "Set out point", run: clip.setOutHere },
          { keys: "I", label: "Go to in point", run: clip.jumpToIn },
          { keys: "O", label: "Go to out point", run: clip.jumpToOut },
        ]
      : [],
  );

  function add(): boolean {
    const added = addClips([newClip(video.id, inSeconds ?? 0, outSeconds)]);
    if (added === 0) {
      notifications.show({ color: "red", message: `A render can have at most ${MOST_CLIPS} clips.` });
    }
    else clip.clear();
    return added > 0;
  }

  return (
    <Paper component="section" aria-label="Clip" className={classes["bar"]}>
      <ClipRange points={clip.points} durationSeconds={durationSeconds} />
      <div className={classes["row"]}>
        <PointField
          name="In"
          placeholder="Start"
          seconds={inSeconds}
          frameRate={frameRate}
          durationSeconds={durationSeconds}
          onSet={clip.setIn}
          onSetHere={plays ? clip.setInHere : null}
        />
        <PointField
          name="Out"
          placeholder="End"
          seconds={outSeconds}
          frameRate={frameRate}
          durationSeconds={durationSeconds}
          onSet={clip.setOut}
          onSetHere={plays ? clip.setOutHere : null}
        />
        <Text size="xs" c="dimmed" className={classes["length"]} role="status">
          {lengthWords(video, inSeconds, outSeconds)}
        </Text>
        <Group gap="xs" className={classes["actions"]}>
          {hasPoints && (
            <Button size="xs" variant="subtle" color="gray" onClick={clip.clear}>
              Clear
            </Button>
          )}
          {video.recipe && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRotate size={15} aria-hidden />}
              onClick={() => {
                if (video.recipe) open(draftOf(video.recipe.request));
              }}
            >
              Render again
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => {
              if (!add()) return;
              const count = renderDraft().clips.length;
              notifications.show({ message: `Added. The render now has ${formatCounted(count, "clip")}.` });
            }}
          >
            Add to render
          </Button>
          <Button
            size="xs"
            leftSection={hasPoints ? <IconBracketsContain size={15} aria-hidden /> : <IconMovie size={15} aria-hidden />}
            onClick={() => {
              if (add()) open();
            }}
          >
            {hasPoints ? "Render clip" : "Render"}
          </Button>
        </Group>
      </div>
    </Paper>
  );
}

function lengthWords(video: VideoDetail, inSeconds: number | null, outSeconds: number | null): string {
  const end = outSeconds ?? video.duration_seconds;
  if (end === null) return "";
  const seconds = Math.max(0, end - (inSeconds ?? 0));
  const rate = framesPerSecond(video.frame_rate);
  const frames = rate === null ? "" : ` · ${formatCounted(Math.round(seconds * rate), "frame")}`;
  const what = inSeconds === null && outSeconds === null ? "Whole video" : "Clip";
  return `${what}: ${formatMoment(seconds)}${frames}`;
}
