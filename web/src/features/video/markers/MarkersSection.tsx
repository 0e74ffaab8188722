import { ActionIcon, Anchor, Button, Group, Menu, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBookmark, IconBracketsContain, IconDots, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState, type RefObject } from "react";

import { markersQuery, type Marker } from "@/api/markers";
import { sentenceOf } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import type { ClipPointsControl } from "@/components/ui/clip/useClipPoints";
import { Section } from "@/components/ui/Section";
import { timeWords, titleOf } from "@/features/video/markers/markerWords";
import { useMarkerActions } from "@/features/video/markers/useMarkerActions";
import { formatCounted } from "@/lib/format";
import { frameStart } from "@/lib/moments";
import { addClips, newClip, renderDraft } from "@/lib/renderDraft";
import { shownName } from "@/lib/shownName";
import { useShortcuts } from "@/lib/shortcuts";

import classes from "@/features/video/markers/Markers.module.css";

const MarkerDialog = lazy(async () => ({
  default: (await import("@/features/video/markers/MarkerDialog")).MarkerDialog,
}));

interface MarkersSectionProps {
  video: VideoDetail;
  player: RefObject<HTMLVideoElement | null>;
  clip: ClipPointsControl;
  /** Goes to a time, in seconds; null without a player. */
  onSeek: ((seconds: number) => void) | null;
}

/** The markers of a video, and what adds and changes them. */
export function MarkersSection({ video, player, clip, onSeek }: MarkersSectionProps) {
  const { data: markers = [], error } = useQuery(markersQuery(video.id));
  const [edited, setEdited] = useState<Marker | null>(null);
  const actions = useMarkerActions(video.id);
  const { inSeconds, outSeconds } = clip.points;
  const end = outSeconds ?? video.duration_seconds;
  const hasRange = (inSeconds !== null || outSeconds !== null) && end !== null;
  const ranges = markers.filter((one) => one.end_seconds !== null);

  function markHere() {
    const seconds = frameStart(player.current?.currentTime ?? 0, video.frame_rate);
    void actions.add({ start_seconds: seconds, end_seconds: null, title: "", tags: [] });
  }
  useShortcuts(onSeek ? [{ keys: "M", label: "Add marker", run: markHere }] : []);

  async function markRange() {
    const isAdded = await actions.add({ start_seconds: inSeconds ?? 0, end_seconds: end, title: "", tags: [] });
    if (isAdded) clip.clear();
  }

  function addRanges(chosen: readonly Marker[]) {
    const added = addClips(chosen.map((one) => newClip(video.id, one.start_seconds, one.end_seconds)));
    const count = formatCounted(renderDraft().clips.length, "clip");
    notifications.show({
      ...(added < chosen.length && { color: "orange" }),
      message: `${added < chosen.length ? `${added} of ${chosen.length} added` : "Added"}. The render now has ${count}.`,
    });
  }

  function pointsOf(marker: Marker) {
    clip.setOut(marker.end_seconds);
    clip.setIn(marker.start_seconds);
  }

  return (
    <Section
      title="Markers"
      aside={
        <Group gap="xs">
          {onSeek && (
            <Button
              size="compact-sm"
              variant="default"
              title="Shortcut: Shift+M"
              leftSection={<IconBookmark size={14} aria-hidden />}
              onClick={markHere}
            >
              Mark here
            </Button>
          )}
          {hasRange && (
            <Button
              size="compact-sm"
              variant="default"
              title="From the in point to the out point"
              leftSection={<IconBracketsContain size={14} aria-hidden />}
              onClick={() => void markRange()}
            >
              Mark range
            </Button>
          )}
        </Group>
      }
    >
      {error && (
        <Text size="sm" c="red" role="alert">
          {sentenceOf(error)}
        </Text>
      )}
      {markers.length === 0 && !error ? (
        <Text size="sm" c="dimmed">
          No markers
        </Text>
      ) : (
        <ul className={classes["list"]}>
          {markers.map((marker) => (
            <li key={marker.id}>
              <button
                type="button"
                className={classes["marker"]}
                disabled={onSeek === null}
                onClick={() => onSeek?.(marker.start_seconds)}
              >
                <span className={classes["time"]}>{timeWords(marker)}</span>
                <span className={classes["title"]}>
                  {titleOf(marker)}
                  {marker.title !== "" &&
                    marker.tags.map((tag) => (
                      <span key={tag} className={classes["tag"]}>
                        {shownName(tag)}
                      </span>
                    ))}
                </span>
              </button>
              <Menu position="bottom-end" withinPortal>
                <Menu.Target>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size={36}
                    mih={{ base: 44, sm: 36 }}
                    aria-label={`Change marker ${titleOf(marker)} at ${timeWords(marker)}`}
                  >
                    <IconDots size={16} aria-hidden />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => setEdited(marker)}>Edit…</Menu.Item>
                  {marker.end_seconds !== null && (
                    <>
                      <Menu.Item onClick={() => pointsOf(marker)}>Use as in and out points</Menu.Item>
                      <Menu.Item onClick={() => addRanges([marker])}>Add to render</Menu.Item>
                    </>
                  )}
                  <Menu.Item c="var(--mantine-color-error)" onClick={() => void actions.remove(marker)}>
                    Delete
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </li>
          ))}
        </ul>
      )}
      {markers.length > 0 && (
        <Group gap="md" mt="xs">
          {ranges.length > 0 && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => addRanges(ranges)}
            >
              {ranges.length === 1 ? "Add range to render" : `Add ${ranges.length} ranges to render`}
            </Button>
          )}
          <Anchor size="sm" href={`/api/v1/videos/${video.id}/markers.csv`} download>
            Export as CSV
          </Anchor>
        </Group>
      )}
      <Suspense>
        {edited && (
          <MarkerDialog
            video={video}
            marker={edited}
            onSave={(body) => actions.change(edited, body)}
            onClose={() => setEdited(null)}
          />
        )}
      </Suspense>
    </Section>
  );
}
