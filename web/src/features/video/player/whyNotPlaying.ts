import { errorOf, noAnswer } from "@/api/problem";

const NOT_DECODED = "This browser cannot play the file, or a part of it is damaged.";
const BROKE_OFF = "The file broke off while it was being read. Try again.";

/**
 * Why a player stopped with `error`, as a sentence.
 *
 * A player only knows that it got nothing, so the server is asked for the first byte.
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
