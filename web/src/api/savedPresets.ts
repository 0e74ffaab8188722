import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";

type Schemas = components["schemas"];

export type SavedPreset = Schemas["SavedPresetResponse"];

/** A preset and its options, without defaults. */
export interface PresetContent {
  preset: string;
  options: Readonly<Record<string, unknown>>;
}

export const SAVED_PRESETS_KEY = ["presets", "saved"] as const;

/** All saved presets, ordered by name. */
export const savedPresetsQuery = queryOptions({
  queryKey: SAVED_PRESETS_KEY,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/presets/saved", { signal })).items,
});

export async function savePreset(name: string, content: PresetContent): Promise<SavedPreset> {
  // The generated type wants everything that has a default; the server checks what is sent.
  const body = { name, ...content } as unknown as Schemas["SavedPresetBody"];
  return dataOf(await client.POST("/api/v1/presets/saved", { body }));
}

export async function changePreset(id: number, change: { name: string } | PresetContent): Promise<SavedPreset> {
  const params = { path: { preset_id: id } };
  const body = change as unknown as Schemas["SavedPresetPatch"];
  return dataOf(await client.PATCH("/api/v1/presets/saved/{preset_id}", { params, body }));
}

export async function deletePreset(id: number): Promise<void> {
  await client.DELETE("/api/v1/presets/saved/{preset_id}", { params: { path: { preset_id: id } } });
}
