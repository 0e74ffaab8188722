import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import { toSend, type RenderBody } from "@/api/renders";

type Schemas = components["schemas"];

export type TakenTimeline = Schemas["TakenTimelineResponse"];
export type WrittenTimeline = Schemas["WrittenTimelineResponse"];

/** The server's limit; it closes the connection on a larger body before it can respond. */
export const MOST_TIMELINE_BYTES = 8 * 2 ** 20;

/** Converts the text of an `.otio` file to a render request. */
export async function importTimeline(text: string): Promise<TakenTimeline> {
  return dataOf(
    await client.POST("/api/v1/timelines/import", {
      // The raw file: if it is not JSON, the server says so.
      body: text as unknown as Record<string, never>,
      bodySerializer: () => text,
    }),
  );
}

/** Converts a render request to an `.otio` file. */
export async function exportTimeline(body: RenderBody): Promise<WrittenTimeline> {
  return dataOf(await client.POST("/api/v1/timelines/export", { body: toSend(body) }));
}
