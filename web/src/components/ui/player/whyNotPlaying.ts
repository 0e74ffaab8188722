import { errorOf, noAnswer } from "@/api/problem";

export const NOT_DECODED = "Your browser cannot play this file, or part of it is damaged.";
const BROKE_OFF = "Reading the file was interrupted. Try again.";

/**
 * Returns a sentence about why a player stopped with `error`.
 *
 * A player only knows that it got no data, so the server is asked for the first byte.
 */
export async function whyNotPlaying(streamUrl: string, error: MediaError | null): Promise<string> {
  try {
    const response = await fetch(streamUrl, { headers: { range: "bytes=0-0" } });
    if (!response.ok) return (await errorOf(response)).message;
    void response.body?.cancel();
  } catch (cause) {
    return noAnswer(cause).message;
  }
  return error?.code === MediaError.MEDIA_ERR_NETWORK ? BROKE_OFF : NOT_DECODED;
}
