/** Controls the player from outside. */

export function seekTo(video: HTMLVideoElement, seconds: number): void {
  const last = Number.isFinite(video.duration) ? video.duration : Infinity;
  video.currentTime = Math.min(Math.max(seconds, 0), last);
}

/** The error event reports failures. */
export function play(video: HTMLVideoElement): void {
  video.play().catch(() => undefined);
}
