import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

import { jobKinds } from "@/test/jobs";

/** Returns the address of a path for the handlers of msw. */
export function at(path: string): string {
  return new URL(path, window.location.origin).href;
}

/** Answers in the place of the network; tests add answers with `server.use(http.get(…))`. */
export const server = setupServer(
  http.get(at("/api/v1/jobs/kinds"), () => HttpResponse.json({ items: jobKinds })),
  http.get(at("/api/v1/jobs/quiet-hours"), () => HttpResponse.json({ hours: null, are_now: false, end_at: null })),
);
