import { useEffect, useState, type RefObject } from "react";

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
    element.textTracks.addEventListener("change", note);
    return () => {
      element.textTracks.removeEventListener("change", note);
    };
  }, [player, isThere]);

  function show(place: number | null) {
    const tracks = player.current ? textTracksOf(player.current) : [];
    for (const [index, track] of tracks.entries()) track.mode = index === place ? "showing" : "disabled";
    setShown(place);
  }
  return [shown, show];
}
