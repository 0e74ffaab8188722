import { useCallback, useEffect, useRef, type RefObject } from "react";

import { play, seekTo } from "@/components/ui/player/playback";

/**
 * Returns a function that returns a player to its place after what it plays was exchanged for
 * another `source` of the same video. It returns whether there is such a place.
 */
export function useReturn(
  player: RefObject<HTMLVideoElement | null>,
  source: string,
): (element: HTMLVideoElement) => boolean {
  const place = useRef<{ seconds: number; plays: boolean } | null>(null);
  const last = useRef({ seconds: 0, plays: false });

  useEffect(() => {
    const element = player.current;
    if (!element) return;
    // The time is 0 as soon as another source is set.
    const note = () => {
      if (element.currentTime > 0) last.current = { seconds: element.currentTime, plays: !element.paused };
    };
    // A seek is over only when its picture is there, which may take long.
    const events = ["timeupdate", "seeking"];
    for (const event of events) element.addEventListener(event, note);
    return () => {
      for (const event of events) element.removeEventListener(event, note);
    };
  }, [player]);

  const known = useRef(source);
  useEffect(() => {
    if (known.current === source) return;
    known.current = source;
    place.current = last.current;
  }, [source]);

  return useCallback((element) => {
    const { current } = place;
    if (!current) return false;
    place.current = null;
    seekTo(element, current.seconds);
    if (current.plays) play(element);
    return true;
  }, []);
}
