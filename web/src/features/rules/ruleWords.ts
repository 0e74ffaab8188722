import type { Rule, RulePreview, RuleTrigger, RunState } from "@/api/rules";
import { formatCounted } from "@/lib/format";

export const triggerLabels: Readonly<Record<RuleTrigger, string>> = {
  added: "A video is added",
  changed: "A video's content changes",
  failed: "A file cannot be read",
  matches: "A video begins to match",
};

export const runLabels: Readonly<Record<RunState, string>> = {
  waiting: "Waiting",
  running: "Running",
  done: "Done",
  failed: "Failed",
};

/** Returns what a rule does, in a few words. */
export function actionWords(actions: Rule["actions"], presetLabel: (preset: string) => string): string {
  const parts = [
    actions.storyboard ? "create preview thumbnails" : null,
    actions.render ? `render as ${presetLabel(actions.render.preset)}${intoFolder(actions.render.folder)}` : null,
    actions.add_tags.length > 0 ? `tag ${actions.add_tags.join(", ")}` : null,
    actions.webhook ? `call ${hostOf(actions.webhook.url)}` : null,
  ].filter((part) => part !== null);
  return parts.join(", ");
}

function intoFolder(folder: string | null | undefined): string {
  return folder ? ` into ${folder}` : "";
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** Returns what a dry run found that would be done, without the number of videos. */
export function previewWords(preview: RulePreview): string {
  const counts: readonly (readonly [number, string, string])[] = [
    [preview.storyboards, "video gets preview thumbnails", "videos get preview thumbnails"],
    [preview.renders, "render", "renders"],
    [preview.tagged, "video gets tags", "videos get tags"],
    [preview.webhook_calls, "call of the webhook", "calls of the webhook"],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => formatCounted(count, one, many))
    .join(" · ");
}

/** Returns the counts of what a rule did. */
export function runWords(runs: Rule["runs"]): string {
  const waiting = runs.waiting + runs.running;
  const parts = [
    runs.done > 0 ? `${formatCounted(runs.done, "video")} done` : null,
    waiting > 0 ? `${formatCounted(waiting, "video")} to do` : null,
    runs.failed > 0 ? `${formatCounted(runs.failed, "video")} failed` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(" · ") : "Nothing yet";
}
