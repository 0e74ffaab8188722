import type { RefObject } from "react";

import type { ShowEffect } from "@/features/video/player/KeyFeedback";
import { play, seekTo } from "@/components/ui/player/playback";
import { textTracksOf } from "@/features/video/player/useShownText";
import { formatDuration, formatPercent } from "@/lib/format";
import { formatMoment, frameAt, framesPerSecond } from "@/lib/moments";
import { useShortcuts, type Shortcut } from "@/lib/shortcuts";

const STEP_SECONDS = 5;
const LONG_STEP_SECONDS = 10;
const VOLUME_STEP = 0.1;
const AUDIBLE_VOLUME = 0.3;
const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const USUAL_FRAME_RATE = 25;

interface PlayerShortcuts {
  player: RefObject<HTMLVideoElement | null>;
  stage: RefObject<HTMLElement | null>;
  /** An exact fraction, null if unknown. */
  frameRate: string | null;
  /** Shows what a key did. */
  show: ShowEffect;
}

/** Registers the usual keys of players; each shows what it did. */
export function usePlayerShortcuts({ player, stage, frameRate, show }: PlayerShortcuts): void {
  const on = (act: (video: HTMLVideoElement, key: string) => void) => (key: string) => {
    if (player.current) act(player.current, key);
  };
  const isInView = () => isMostlyInView(stage.current);
  const skip = (seconds: number) => on((video) => skipBy(video, seconds, show));
  const step = (frames: number) =>
    on((video) => {
      video.pause();
      seekTo(video, video.currentTime + frames / (framesPerSecond(frameRate) ?? USUAL_FRAME_RATE));
      const frame = frameAt(video.currentTime, frameRate);
      const at = formatMoment(video.currentTime);
      show(frames < 0 ? "back" : "forward", frame === null ? at : `Frame ${frame} · ${at}`);
    });
  const louder = on((video) => changeVolume(video, VOLUME_STEP, show));
  const quieter = on((video) => changeVolume(video, -VOLUME_STEP, show));
  const shortcuts: Shortcut[] = [
    { keys: " ", label: "Play or pause", run: on((video) => playOrPause(video, show)) },
    { keys: "k", label: "Play or pause", run: on((video) => playOrPause(video, show)) },
    { keys: "ArrowLeft", label: `Back ${STEP_SECONDS} seconds`, run: skip(-STEP_SECONDS) },
    { keys: "ArrowRight", label: `Forward ${STEP_SECONDS} seconds`, run: skip(STEP_SECONDS) },
    { keys: "j", label: `Back ${LONG_STEP_SECONDS} seconds`, run: skip(-LONG_STEP_SECONDS) },
    { keys: "l", label: `Forward ${LONG_STEP_SECONDS} seconds`, run: skip(LONG_STEP_SECONDS) },
    {
      keys: "0",
      also: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
      shown: "0–9",
      label: "Go to 0% to 90%",
      run: on((video, digit) => goToTenth(video, Number(digit), show)),
    },
    // Where only the rest of the page is in view, these scroll it.
    { keys: "Home", label: "Go to the start", when: isInView, run: on((video) => goTo(video, 0, "back", show)) },
    { keys: "End", label: "Go to the end", when: isInView, run: on((video) => goTo(video, video.duration, "forward", show)) },
    { keys: ",", label: "Back one frame", run: step(-1) },
    { keys: ".", label: "Forward one frame", run: step(1) },
    { keys: "ArrowUp", label: "Volume up", when: isInView, run: louder },
    { keys: "ArrowDown", label: "Volume down", when: isInView, run: quieter },
    { keys: "+", label: "Volume up", run: louder },
    { keys: "-", label: "Volume down", run: quieter },
    { keys: "m", label: "Mute", run: on((video) => toggleMute(video, show)) },
    { keys: "<", label: "Slower", run: on((video) => changeSpeed(video, -1, show)) },
    { keys: ">", label: "Faster", run: on((video) => changeSpeed(video, 1, show)) },
    { keys: "c", label: "Subtitles", run: on((video) => toggleSubtitles(video, show)) },
    { keys: "a", label: "Fit or fill the picture", run: on((video) => toggleFill(video, show)) },
    { keys: "f", label: "Full screen", run: () => void toggleFullscreen(stage.current) },
    { keys: "P", label: "Picture in picture", run: on((video) => void togglePicture(video)) },
  ];
  useShortcuts(shortcuts);
}

/** Plays or pauses, and shows which. */
export function playOrPause(video: HTMLVideoElement, show: ShowEffect): void {
  if (video.paused) {
    play(video);
    show("play", "Play");
  } else {
    video.pause();
    show("pause", "Pause");
  }
}

/** Skips by seconds, backwards if they are negative, and shows where to. */
export function skipBy(video: HTMLVideoElement, seconds: number, show: ShowEffect): void {
  seekTo(video, video.currentTime + seconds);
  const sign = seconds < 0 ? "−" : "+";
  show(seconds < 0 ? "back" : "forward", `${sign}${Math.abs(seconds)} s · ${formatDuration(video.currentTime)}`);
}

function goTo(video: HTMLVideoElement, seconds: number, icon: "back" | "forward", show: ShowEffect): void {
  if (!Number.isFinite(seconds)) return;
  seekTo(video, seconds);
  show(icon, formatDuration(seconds));
}

function goToTenth(video: HTMLVideoElement, tenth: number, show: ShowEffect): void {
  if (!Number.isFinite(video.duration)) return;
  const seconds = (video.duration * tenth) / 10;
  const icon = seconds < video.currentTime ? "back" : "forward";
  seekTo(video, seconds);
  show(icon, `${tenth * 10}% · ${formatDuration(seconds)}`);
}

function changeVolume(video: HTMLVideoElement, by: number, show: ShowEffect): void {
  video.muted = false;
  video.volume = Math.min(Math.max(Math.round((video.volume + by) * 100) / 100, 0), 1);
  showVolume(video, show);
}

function toggleMute(video: HTMLVideoElement, show: ShowEffect): void {
  video.muted = !video.muted;
  if (!video.muted && video.volume === 0) video.volume = AUDIBLE_VOLUME;
  showVolume(video, show);
}

function showVolume({ muted, volume }: HTMLVideoElement, show: ShowEffect): void {
  if (muted) show("muted", "Muted");
  else show(volume === 0 ? "muted" : "volume", `Volume ${formatPercent(volume)}`);
}

function changeSpeed(video: HTMLVideoElement, by: 1 | -1, show: ShowEffect): void {
  const others = SPEEDS.filter((speed) => (by > 0 ? speed > video.playbackRate : speed < video.playbackRate));
  video.playbackRate = (by > 0 ? others.at(0) : others.at(-1)) ?? video.playbackRate;
  show("speed", `Speed ${video.playbackRate}×`);
}

function toggleSubtitles(video: HTMLVideoElement, show: ShowEffect): void {
  const tracks = textTracksOf(video);
  const [first] = tracks;
  if (!first) {
    show("subtitles", "No subtitles to show");
    return;
  }
  const shown = tracks.filter(({ mode }) => mode === "showing");
  shown.forEach((track) => (track.mode = "disabled"));
  if (shown.length === 0) first.mode = "showing";
  show("subtitles", shown.length === 0 ? `Subtitles: ${first.label || first.language || "on"}` : "Subtitles off");
}

function toggleFill(video: HTMLVideoElement, show: ShowEffect): void {
  const fills = video.dataset["fill"] === undefined;
  if (fills) video.dataset["fill"] = "";
  else delete video.dataset["fill"];
  show("fit", fills ? "Fill: edges are cut off" : "Fit: whole picture");
}

async function toggleFullscreen(stage: HTMLElement | null): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await stage?.requestFullscreen();
  } catch {
    // The browser, or its user, refused.
  }
}

async function togglePicture(video: HTMLVideoElement): Promise<void> {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
  } catch {
    // Not every browser can.
  }
}

function isMostlyInView(stage: HTMLElement | null): boolean {
  if (!stage) return false;
  const { top, bottom, height } = stage.getBoundingClientRect();
  return Math.min(bottom, window.innerHeight) - Math.max(top, 0) > height / 2;
}
