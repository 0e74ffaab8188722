declare global {
  interface Window {
    /** A request that `index.html` has sent before the script was there. */
    early?: { url: string; answer: Promise<Response> } | undefined;
  }
}

/** Returns the answer to a request that `index.html` has sent already, once; else undefined. */
export function takeEarlyAnswer(request: Request): Promise<Response> | undefined {
  const { early } = window;
  if (early?.url !== request.url || request.method !== "GET") return undefined;
  window.early = undefined;
  return early.answer;
}
