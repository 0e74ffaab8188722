import { useEffect, type RefObject } from "react";

/**
 * Stops loading an image that has left the document; for `ref`.
 *
 * Visible images would wait for it, and browsers keep an image that is loading in memory, with
 * everything that was in the document around it. Chromium drops it only if `src` is set to nothing
 * and there is no `srcset`: to remove both is not enough.
 */
export function releaseImage(image: HTMLImageElement | null) {
  return () =>
    queueMicrotask(() => {
      if (image === null || image.isConnected || image.complete) return;
      image.removeAttribute("srcset");
      image.src = "";
    });
}

/** Stops loading a video and its poster when it has left the document, as `releaseImage` does. */
export function useVideoRelease(player: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const video = player.current;
    return () =>
      queueMicrotask(() => {
        if (video === null || video.isConnected) return;
        video.poster = "";
        video.removeAttribute("src");
        video.load();
      });
  }, [player]);
}
