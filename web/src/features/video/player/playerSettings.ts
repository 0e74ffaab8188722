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
    const keep = () => {
      const { volume, muted, playbackRate: speed } = video;
      video.defaultPlaybackRate = speed; // which loading again sets
      keepChoice(KEY, JSON.stringify({ volume, muted, speed } satisfies PlayerSettings));
    };
    video.addEventListener("volumechange", keep);
    video.addEventListener("ratechange", keep);
    return () => {
      video.removeEventListener("volumechange", keep);
      video.removeEventListener("ratechange", keep);
    };
  }, [player]);
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
