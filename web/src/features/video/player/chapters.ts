import { useEffect, type RefObject } from "react";

import type { Chapter } from "@/api/types";
import type { ShowEffect } from "@/features/video/player/KeyFeedback";
import { seekTo } from "@/components/ui/player/playback";
import { useShortcuts } from "@/lib/shortcuts";

/** This far into a chapter, the key for the previous one goes to its start. */
const RESTART_SECONDS = 3;

export function chapterTitle(chapter: Chapter, index: number): string {
  return chapter.title ?? `Chapter ${index + 1}`;
}

/** Returns the index of the chapter at a time; -1 before the first. */
export function chapterAt(chapters: readonly Chapter[], seconds: number): number {
  return chapters.findLastIndex((one) => one.start_seconds <= seconds);
}

/** Marks the chapters on the timeline, and registers the keys that go to the next and previous one. */
export function useChapters(
  player: RefObject<HTMLVideoElement | null>,
  chapters: readonly Chapter[],
  show: ShowEffect,
): void {
  useEffect(() => {
    if (player.current && chapters.length > 0) addTrack(player.current, chapters);
  }, [player, chapters]);

  function goTo(indexOf: (video: HTMLVideoElement) => number, icon: "back" | "forward") {
    const video = player.current;
    if (!video) return;
    const index = indexOf(video);
    const chapter = chapters[index];
    if (!chapter) return;
    seekTo(video, chapter.start_seconds);
    show(icon, `${index + 1} of ${chapters.length}: ${chapterTitle(chapter, index)}`);
  }

  const toNext = () => goTo((video) => chapterAt(chapters, video.currentTime) + 1, "forward");
  const toPrevious = () => goTo((video) => previousIndex(chapters, video.currentTime), "back");
  useShortcuts(
    chapters.length > 0
      ? [
          { keys: "N", label: "Next chapter", run: toNext },
          { keys: "B", label: "Previous chapter", run: toPrevious },
        ]
      : [],
  );
}

function previousIndex(chapters: readonly Chapter[], seconds: number): number {
  const index = chapterAt(chapters, seconds);
  const isWellInside = seconds - (chapters[index]?.start_seconds ?? 0) > RESTART_SECONDS;
  return isWellInside ? index : Math.max(index - 1, 0);
}

/** Adds the text track from which the timeline draws chapters; a player keeps it for good. */
function addTrack(video: HTMLVideoElement, chapters: readonly Chapter[]): void {
  const known = [...video.textTracks].find(({ kind }) => kind === "chapters");
  const track = known ?? video.addTextTrack("chapters");
  track.mode = "hidden"; // one that is disabled has no cues
  for (const cue of [...(track.cues ?? [])]) track.removeCue(cue);
  chapters.forEach((chapter, index) => {
    const text = chapterTitle(chapter, index).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    track.addCue(new VTTCue(chapter.start_seconds, chapter.end_seconds, text));
  });
}
