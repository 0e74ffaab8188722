import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import type { Which } from "@/api/bulk";
import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";
import { ApiError } from "@/api/problem";
import type { Job } from "@/api/types";

type Schemas = components["schemas"];

export type Preset = Schemas["PresetResponse"];
export type PresetList = Schemas["PresetList"];
export type RenderOption = Schemas["OptionResponse"];
export type RenderPlan = Schemas["RenderPlanResponse"];
export type PlannedOutput = Schemas["PlannedOutputResponse"];

/** A render request without defaults. */
export interface RenderBody {
  preset: string;
  clips: Readonly<Record<string, unknown>>[];
  options: Readonly<Record<string, unknown>>;
  name?: string;
}

const PRESETS_MILLISECONDS = 300_000;
const PLAN_MILLISECONDS = 60_000;

/** The presets and their options. */
export const presetsQuery = queryOptions({
  queryKey: ["presets"] as const,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/presets", { signal })),
  staleTime: PRESETS_MILLISECONDS,
});

/** The plan of a render. A refusal (an `ApiError` with a sentence) is not retried. */
export function planQuery(body: RenderBody) {
  return queryOptions({
    queryKey: ["renders", "plan", body] as const,
    queryFn: async ({ signal }) =>
      dataOf(await client.POST("/api/v1/renders/plan", { body: toSend(body), signal })),
    retry: (count, error) => count < 2 && error instanceof ApiError && error.status === null,
    staleTime: PLAN_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
}

/** The plan of a render with a size that was measured by encoding a little of it: up to three seconds. */
export function measuredPlanQuery(body: RenderBody) {
  return queryOptions({
    queryKey: ["renders", "plan", body, "measured"] as const,
    queryFn: async ({ signal }) =>
      dataOf(
        await client.POST("/api/v1/renders/plan", { body: toSend(body), params: { query: { measure: true } }, signal }),
      ),
    retry: false,
    staleTime: PLAN_MILLISECONDS,
  });
}

/** Starts a render, or returns the active job of the same render. */
export async function startRender(body: RenderBody): Promise<Job> {
  return dataOf(await client.POST("/api/v1/renders", { body: toSend(body) }));
}

/** Starts the same render of each of many videos, or returns the active job of the same. */
export async function startBatch(body: Omit<RenderBody, "clips"> & Which): Promise<Job> {
  const sent = body as unknown as Schemas["RenderBatchBody"];
  return dataOf(await client.POST("/api/v1/renders/batch", { body: sent }));
}

/** The generated type wants everything that has a default; the server checks what is sent. */
export function toSend(body: RenderBody): Schemas["RenderRequest"] {
  return body as unknown as Schemas["RenderRequest"];
}
