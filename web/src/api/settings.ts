import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { components } from "@/api/generated/schema";

export type ServerSettings = components["schemas"]["SettingsResponse"];
export type SettingValues = components["schemas"]["SettingValues"];
export type SettingName = keyof SettingValues;
/** Changes of settings, of which null is the default. */
export type SettingChanges = { [Name in SettingName]?: SettingValues[Name] | null };

/** The settings that can be changed while the server runs. */
export const settingsQuery = queryOptions({
  queryKey: ["settings"] as const,
  queryFn: async ({ signal }) => dataOf(await client.GET("/api/v1/settings", { signal })),
});

/** Changes settings, unless somebody else has changed them since `revision`. */
export async function changeSettings(changes: SettingChanges, revision: number): Promise<ServerSettings> {
  const params = { header: { "if-match": `"${revision}"` } };
  return dataOf(await client.PATCH("/api/v1/settings", { params, body: changes }));
}
