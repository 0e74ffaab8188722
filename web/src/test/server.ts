import { setupServer } from "msw/node";

/** Answers in the place of the network; a test says how with `server.use(http.get(…))`. */
export const server = setupServer();

/** The address of a path as `fetch` sees it; for the handlers of msw. */
export function at(path: string): string {
  return new URL(path, window.location.origin).href;
}
