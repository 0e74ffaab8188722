/** Returns the name of an audio or subtitle track at a place, counted from 0, for people. */
export function trackName(track: { language: string | null; title: string | null }, place: number): string {
  const names = [track.title, track.language].filter((name) => name);
  return names.length > 0 ? names.join(", ") : `Track ${(place + 1).toString()}`;
}
