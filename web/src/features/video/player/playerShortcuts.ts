import type { RefObject } from "react";

import { play, seekTo } from "@/features/video/player/playback";
import { useShortcuts, type Shortcut } from "@/lib/shortcuts";

const STEP_SECONDS = 5;
const LONG_STEP_SECONDS = 10;
const VOLUME_STEP = 0.1;
const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const USUAL_FRAME_RATE = 25;

/** Registers the usual keys of players; `frameRate` is in frames per second, null if unknown. */
export function usePlayerShortcuts(
  player: RefObject<HTMLVideoElement | null>,
  stage: RefObject<HTMLElement | null>,
  frameRate: number | null,
): void {
  const on = (act: (video: HTMLVideoElement) => void) => () => {
    if (player.current) act(player.current);
  };
  const move = (seconds: number) => on((video) => seekTo(video, video.currentTime + seconds));
  const step = (frames: number) =>
    on((video) => {
      video.pause();
      seekTo(video, video.currentTime + frames / (frameRate ?? USUAL_FRAME_RATE));
    });
  const shortcuts: Shortcut[] = [
    { keys: " ", label: "Play or pause", run: on(playOrPause) },
    { keys: "k", label: "Play or pause", run: on(playOrPause) },
    { keys: "ArrowLeft", label: `Back ${STEP_SECONDS} seconds`, run: move(-STEP_SECONDS) },
    { keys: "ArrowRight", label: `Forward ${STEP_SECONDS} seconds`, run: move(STEP_SECONDS) },
    { keys: "j", label: `Back ${LONG_STEP_SECONDS} seconds`, run: move(-LONG_STEP_SECONDS) },
    { keys: "l", label: `Forward ${LONG_STEP_SECONDS} seconds`, run: move(LONG_STEP_SECONDS) },
    { keys: ",", label: "Back one frame", run: step(-1) },
    { keys: ".", label: "Forward one frame", run: step(1) },
    { keys: "+", label: "Volume up", run: on((video) => changeVolume(video, VOLUME_STEP)) },
    { keys: "-", label: "Volume down", run: on((video) => changeVolume(video, -VOLUME_STEP)) },
    { keys: "m", label: "Mute", run: on((video) => (video.muted = !video.muted)) },
    { keys: "<", label: "Slower", run: on((video) => changeSpeed(video, -1)) },
    { keys: ">", label: "Faster", run: on((video) => changeSpeed(video, 1)) },
    { keys: "f", label: "Full screen", run: () => void toggleFullscreen(stage.current) },
    { keys: "P", label: "Picture in picture", run: on((video) => void togglePicture(video)) },
  ];
  useShortcuts(shortcuts);
}

function playOrPause(video: HTMLVideoElement): void {
  if (video.paused) play(video);
  else video.pause();
}

function changeVolume(video: HTMLVideoElement, by: number): void {
  video.muted = false;
  video.volume = Math.min(Math.max(video.volume + by, 0), 1);
}

function changeSpeed(video: HTMLVideoElement, by: 1 | -1): void {
  const others = SPEEDS.filter((speed) => (by > 0 ? speed > video.playbackRate : speed < video.playbackRate));
  video.playbackRate = (by > 0 ? others.at(0) : others.at(-1)) ?? video.playbackRate;
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
