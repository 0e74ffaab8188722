import { useEffect, useState, type RefObject } from "react";

/** The events of a list of tracks after which another place may be the one of what is shown. */
const EVENTS = ["change", "addtrack", "removetrack"] as const;

/** The text tracks of a player that people read. */
export function textTracksOf(video: HTMLVideoElement): TextTrack[] {
  return [...video.textTracks].filter(({ kind }) => kind === "subtitles" || kind === "captions");
}

/** The place of the text track that a player shows, null for none; and a function that shows another. */
export function useShownText(
  player: RefObject<HTMLVideoElement | null>,
  isThere: boolean,
): [number | null, (place: number | null) => void] {
  const [shown, setShown] = useState<number | null>(null);
  useEffect(() => {
    const element = player.current;
    if (!element || !isThere) return;
    const note = () => {
      const place = textTracksOf(element).findIndex(({ mode }) => mode === "showing");
      setShown(place < 0 ? null : place);
    };
    note();
    for (const event of EVENTS) element.textTracks.addEventListener(event, note);
    return () => {
      for (const event of EVENTS) element.textTracks.removeEventListener(event, note);
    };
  }, [player, isThere]);

  function show(place: number | null) {
    const tracks = player.current ? textTracksOf(player.current) : [];
    for (const [index, track] of tracks.entries()) track.mode = index === place ? "showing" : "disabled";
    setShown(place);
  }
  return [shown, show];
}
