import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

import { playNextPlayer } from "@/features/video/player/goOn";

/** The next video of the list. */
export interface NextVideo {
  name: string;
  open: () => void;
}

/** Returns what to play next once the player has reached its end; `cancel` stays here. */
export function useNextVideo(player: RefObject<HTMLVideoElement | null>, next: NextVideo | null) {
  const [isWaiting, setWaiting] = useState(false);
  const latest = useRef(next);
  useEffect(() => {
    latest.current = next;
  });
  useEffect(() => {
    const element = player.current;
    if (!element) return;
    const wait = () => setWaiting(true);
    const stop = () => setWaiting(false);
    element.addEventListener("ended", wait);
    element.addEventListener("play", stop);
    element.addEventListener("seeking", stop);
    return () => {
      element.removeEventListener("ended", wait);
      element.removeEventListener("play", stop);
      element.removeEventListener("seeking", stop);
    };
  }, [player]);
  const open = useCallback(() => {
    setWaiting(false);
    if (!latest.current) return;
    playNextPlayer();
    latest.current.open();
  }, []);
  const cancel = useCallback(() => setWaiting(false), []);
  return { waitingFor: isWaiting && next ? next.name : null, open, cancel };
}
