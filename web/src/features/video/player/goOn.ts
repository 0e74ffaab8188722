/** Whether the player of the next video starts by itself, since that of the last one played. */

const WITHIN_MILLISECONDS = 10_000;

let askedAt: number | null = null;

/** Makes the next player start by itself, if it opens soon. */
export function playNextPlayer(): void {
  askedAt = Date.now();
}

/** Returns whether a player that opens now starts by itself; true at most once. */
export function takePlay(): boolean {
  const isSoon = askedAt !== null && Date.now() - askedAt < WITHIN_MILLISECONDS;
  askedAt = null;
  return isSoon;
}
