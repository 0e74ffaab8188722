import { useEffect, type RefObject } from "react";

import { keepChoice, keptChoice } from "@/lib/keptChoice";

/** Volume and speed of the player, stored in this browser for all videos. */
export interface PlayerSettings {
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  /** A factor: 1 is the usual speed. */
  speed: number;
}

const KEY = "stoat-ferret.player";
const SLOWEST = 0.1;
const FASTEST = 10;

/** Returns the stored settings; those that are missing or invalid have their defaults. */
export function playerSettings(): PlayerSettings {
  const { volume, muted, speed } = read();
  return {
    volume: isBetween(volume, 0, 1) ? volume : 1,
    muted: muted === true,
    speed: isBetween(speed, SLOWEST, FASTEST) ? speed : 1,
  };
}

/** Applies the stored settings to the player, and stores each change of them. */
export function usePlayerSettings(player: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const video = player.current;
    if (!video) return;
    apply(video, playerSettings());
    let kept = settingsOf(video);
    const keep = () => {
      video.defaultPlaybackRate = video.playbackRate; // which loading again sets
      const settings = settingsOf(video);
      if (settings === kept) return; // else a tab that is left would undo what another has stored
      kept = settings;
      keepChoice(KEY, settings);
    };
    video.addEventListener("volumechange", keep);
    video.addEventListener("ratechange", keep);
    // These events come a moment after the change, too late if the player is left at once.
    window.addEventListener("pagehide", keep);
    return () => {
      keep();
      video.removeEventListener("volumechange", keep);
      video.removeEventListener("ratechange", keep);
      window.removeEventListener("pagehide", keep);
    };
  }, [player]);
}

function settingsOf({ volume, muted, playbackRate: speed }: HTMLVideoElement): string {
  return JSON.stringify({ volume, muted, speed } satisfies PlayerSettings);
}

function apply(video: HTMLVideoElement, { volume, muted, speed }: PlayerSettings): void {
  video.volume = volume;
  video.muted = muted;
  video.defaultPlaybackRate = speed;
  video.playbackRate = speed;
}

function read(): Partial<Record<keyof PlayerSettings, unknown>> {
  try {
    const found: unknown = JSON.parse(keptChoice(KEY) ?? "{}");
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

function isBetween(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}
