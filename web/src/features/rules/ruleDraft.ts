import type { NamedChoice, Rule, RuleChoice, RuleTrigger } from "@/api/rules";

/** Which videos a rule concerns: all, those of a saved search, or those that pass a filter. */
export type VideoChoice = "all" | "search" | "filter";

/** What the form of a rule holds. */
export interface RuleDraft {
  name: string;
  when: RuleTrigger;
  videos: VideoChoice;
  searchId: number | null;
  words: string;
  folder: string;
  storyboard: boolean;
  preset: string | null;
  /** The folder of renders inside the output folder. */
  renderFolder: string;
  tags: string[];
  webhook: string;
  includesExisting: boolean;
}

export const NEW_RULE: RuleDraft = {
  name: "",
  when: "added",
  videos: "all",
  searchId: null,
  words: "",
  folder: "",
  storyboard: false,
  preset: null,
  renderFolder: "",
  tags: [],
  webhook: "",
  includesExisting: false,
};

/** Returns the form of an existing rule. */
export function draftOf(rule: Rule): RuleDraft {
  const { actions, filter } = rule;
  return {
    ...NEW_RULE,
    name: rule.name,
    when: rule.when,
    videos: rule.search_id !== null ? "search" : filter ? "filter" : "all",
    searchId: rule.search_id,
    words: filter?.q ?? "",
    folder: filter?.folder ?? "",
    storyboard: actions.storyboard,
    preset: actions.render?.preset ?? null,
    renderFolder: actions.render?.folder ?? "",
    tags: [...actions.add_tags],
    webhook: actions.webhook?.url ?? "",
  };
}

/** Returns what is missing in a form, as a sentence; null if it can be tried. */
export function gapOf(draft: RuleDraft): string | null {
  if (draft.when === "matches" && draft.videos === "all") return "Choose which videos have to match.";
  if (draft.videos === "search" && draft.searchId === null) return "Choose a saved search.";
  const acts = draft.storyboard || draft.preset !== null || draft.tags.length > 0 || draft.webhook.trim() !== "";
  return acts ? null : "Choose at least one action.";
}

/** Returns when and what; filters and render options of `rule` that the form does not show stay. */
export function choiceOf(draft: RuleDraft, rule: Rule | null): RuleChoice {
  const words = { q: draft.words.trim() || null, folder: draft.folder.trim() || null };
  return {
    when: draft.when,
    filter: draft.videos === "filter" ? { ...rule?.filter, ...words } : null,
    search_id: draft.videos === "search" ? draft.searchId : null,
    actions: {
      storyboard: draft.storyboard,
      add_tags: draft.tags,
      render: renderOf(draft, rule),
      webhook: draft.webhook.trim() === "" ? null : { url: draft.webhook.trim() },
    },
  };
}

function renderOf(draft: RuleDraft, rule: Rule | null): RuleChoice["actions"]["render"] {
  if (draft.preset === null) return null;
  const known = rule?.actions.render;
  const folder = draft.renderFolder.trim() || null;
  return known?.preset === draft.preset ? { ...known, folder } : { preset: draft.preset, folder };
}

/** Returns whether the rule may run on existing videos. */
export function takesExisting(draft: RuleDraft, rule: Rule | null): boolean {
  return draft.when !== "changed" && (rule?.enabled ?? true);
}

/** Returns the body that makes or changes a rule. */
export function bodyOf(draft: RuleDraft, rule: Rule | null): NamedChoice {
  return {
    ...choiceOf(draft, rule),
    name: draft.name.trim(),
    include_existing: draft.includesExisting && takesExisting(draft, rule),
  };
}
