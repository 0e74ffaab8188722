import createClient, { type Middleware } from "openapi-fetch";

import { takeEarlyAnswer } from "@/api/earlyAnswer";
import type { paths } from "@/api/generated/schema";
import { errorOf, noAnswer } from "@/api/problem";

/** Throws an `ApiError` for every response other than 2xx, and if there is none. */
const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok && response.status !== 304) throw await errorOf(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return noAnswer(error);
  },
};

/** Lists are sent as repeated parameters: `tag=a&tag=b`. */
export const client = createClient<paths>({
  // Absolute, because the fetch of Node, in which the unit tests run, knows no page.
  baseUrl: window.location.origin,
  querySerializer: { array: { style: "form", explode: true } },
  // Looked up for each request, so that a later replacement is used.
  fetch: (request) => takeEarlyAnswer(request) ?? globalThis.fetch(request),
});
client.use(throwProblems);

/** Returns the data of a response that has some. */
export function dataOf<T>(answer: { data?: T }): T {
  if (answer.data === undefined) throw noAnswer(null);
  return answer.data;
}
