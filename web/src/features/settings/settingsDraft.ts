import type { ServerSettings, SettingChanges, SettingName, SettingValues } from "@/api/settings";
import { ApiError } from "@/api/problem";
import { keysOf } from "@/lib/keysOf";

/** What the form of settings holds: the values that were changed in it. */
export type SettingsDraft = Partial<SettingValues>;

/** Returns the values to show: those of the form, then those of the server. */
export function shownValues(settings: ServerSettings, draft: SettingsDraft): SettingValues {
  return { ...settings.values, ...draft };
}

/** Returns the changes to send; an empty text, and a default, is null. */
export function changesOf(settings: ServerSettings, draft: SettingsDraft): SettingChanges {
  const entries = keysOf(settings.values).flatMap((name) => {
    const value = tidy(draft[name]);
    if (draft[name] === undefined || value === settings.values[name]) return [];
    return [[name, value === settings.defaults[name] ? null : value] as const];
  });
  return Object.fromEntries(entries);
}

function tidy(value: SettingValues[SettingName] | undefined) {
  if (typeof value !== "string") return value ?? null;
  return value.trim() || null;
}

/** Returns the server's objections to values, by the names of the settings. */
export function settingFaults(error: Error | null): Partial<Record<string, string>> {
  const errors = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
  return Object.fromEntries(
    errors.map(({ location, message }) => [location.replace(/^body\./, "").replace(/\..*$/, ""), sentenceCase(message)]),
  );
}

function sentenceCase(message: string): string {
  const plain = message.replace(/^Input should be /, "Must be ");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1).replace(/\.$/, "")}.`;
}

/** The schedules that people choose most, by their expressions. */
export const usualSchedules: readonly { value: string; label: string }[] = [
  { value: "", label: "Never" },
  { value: "0 * * * *", label: "Every hour" },
  { value: "0 3 * * *", label: "Every day at 3:00" },
  { value: "0 3 * * 0", label: "Every Sunday at 3:00" },
];
