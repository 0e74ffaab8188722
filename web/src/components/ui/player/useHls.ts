import type Hls from "hls.js";
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react";

/** The heights to choose from, the best first. */
export interface Quality {
  heights: readonly number[];
  /** Null if the player chooses. */
  chosen: number | null;
  choose: (height: number | null) => void;
}

const CONVERSION_MILLISECONDS = 60_000;
const RETRIES = { maxNumRetry: 4, retryDelayMs: 500, maxRetryDelayMs: 4000 };
/** The server answers when a part of the video is ready; a busy one takes long. */
const PATIENTLY = {
  default: {
    maxTimeToFirstByteMs: CONVERSION_MILLISECONDS,
    maxLoadTimeMs: 2 * CONVERSION_MILLISECONDS,
    timeoutRetry: { ...RETRIES, retryDelayMs: 0 },
    errorRetry: RETRIES,
  },
};

/**
 * Plays the playlist at `url` in a player, if there is one.
 *
 * `onProblem` gets the address that could not be loaded, or null if what came cannot be played.
 */
export function useHls(
  player: RefObject<HTMLVideoElement | null>,
  url: string | null,
  onProblem: (address: string | null) => void,
): Quality | null {
  const hls = useRef<Hls | null>(null);
  const [heights, setHeights] = useState<readonly number[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);

  useEffect(() => {
    if (url === null) return;
    let isOver = false;
    let made: Hls | null = null;
    void import("hls.js/light").then(({ default: Player }) => {
      const element = player.current;
      if (isOver || !element) return;
      if (!Player.isSupported()) {
        element.src = url; // Safari on a phone plays it by itself.
        return;
      }
      made = new Player({
        enableWorker: false, // from a blob, which the policy of the page forbids
        abrEwmaDefaultEstimate: 50_000_000, // begins with the best quality
        maxBufferLength: 20,
        backBufferLength: 60,
        fragLoadPolicy: PATIENTLY,
        manifestLoadPolicy: PATIENTLY,
        playlistLoadPolicy: PATIENTLY,
      });
      made.on(Player.Events.MANIFEST_PARSED, (_, { levels }) => {
        setHeights(levels.map(({ height }) => height).toReversed());
      });
      made.on(Player.Events.ERROR, (_, { fatal, type, url: address, frag }) => {
        if (!fatal) return;
        onProblem(type === Player.ErrorTypes.NETWORK_ERROR ? (frag?.url ?? address ?? url) : null);
      });
      made.loadSource(url);
      made.attachMedia(element);
      hls.current = made;
    });
    return () => {
      isOver = true;
      made?.destroy();
      hls.current = null;
      setHeights([]);
    };
  }, [player, url, onProblem]);

  const choose = useCallback((height: number | null) => {
    setChosen(height);
    const { current } = hls;
    if (current) current.nextLevel = current.levels.findIndex((level) => level.height === height);
  }, []);
  // The same object until something changes: whoever shows it is told of each new one.
  return useMemo(() => (heights.length < 2 ? null : { heights, chosen, choose }), [heights, chosen, choose]);
}
