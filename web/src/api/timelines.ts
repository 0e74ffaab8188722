import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import { toSend, type RenderBody } from "@/api/renders";

type Schemas = components["schemas"];

export type TakenTimeline = Schemas["TakenTimelineResponse"];
export type WrittenTimeline = Schemas["WrittenTimelineResponse"];

/** What the server takes at most; a longer body is cut off before it can answer. */
export const MOST_TIMELINE_BYTES = 8 * 2 ** 20;

/** The request for a render that the text of an `.otio` file stands for. */
export async function importTimeline(text: string): Promise<TakenTimeline> {
  return dataOf(
    await client.POST("/api/v1/timelines/import", {
      // The file as it is: it need not be JSON, which the server then says.
      body: text as unknown as Record<string, never>,
      bodySerializer: () => text,
    }),
  );
}

/** The `.otio` file that a request for a render stands for. */
export async function exportTimeline(body: RenderBody): Promise<WrittenTimeline> {
  return dataOf(await client.POST("/api/v1/timelines/export", { body: toSend(body) }));
}
