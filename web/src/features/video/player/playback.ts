/** What is done to a player from outside of its own controls. */

export function seekTo(video: HTMLVideoElement, seconds: number): void {
  const last = Number.isFinite(video.duration) ? video.duration : Infinity;
  video.currentTime = Math.min(Math.max(seconds, 0), last);
}

/** Why it does not play, if it does not, is told by the error event. */
export function play(video: HTMLVideoElement): void {
  video.play().catch(() => undefined);
}
