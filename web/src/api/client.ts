import createClient, { type Middleware } from "openapi-fetch";

import type { paths } from "@/api/generated/schema";
import { errorOf, noAnswer } from "@/api/problem";

/** Every answer other than 2xx, and no answer at all, is thrown as `ApiError`. */
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
  // Looked up with each request, so that what replaces it later is used.
  fetch: (request) => globalThis.fetch(request),
});
client.use(throwProblems);

/** The data of an answer that has some. */
export function dataOf<T>(answer: { data?: T }): T {
  if (answer.data === undefined) throw noAnswer(null);
  return answer.data;
}
