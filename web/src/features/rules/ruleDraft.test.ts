import { describe, expect, it } from "vitest";

import type { Rule } from "@/api/rules";
import { bodyOf, choiceOf, draftOf, gapOf, NEW_RULE } from "@/features/rules/ruleDraft";
import { actionWords, previewWords, runWords } from "@/features/rules/ruleWords";

const rule = {
  id: "r",
  name: "Camera",
  enabled: true,
  when: "added",
  filter: { q: "sea", min_height: 720 },
  search_id: null,
  actions: {
    storyboard: true,
    add_tags: ["new"],
    render: { preset: "proxy", options: { height: 240 }, folder: "proxies" },
    webhook: { url: "https://example.org/hook" },
  },
  runs: { waiting: 1, running: 2, done: 1, failed: 0 },
} as unknown as Rule;

describe("the form of a rule", () => {
  it("keeps filters and render options that it does not show", () => {
    const choice = choiceOf({ ...draftOf(rule), folder: "camera" }, rule);
    expect(choice.filter).toEqual({ q: "sea", min_height: 720, folder: "camera" });
    expect(choice.actions).toEqual(rule.actions);
    const other = choiceOf({ ...draftOf(rule), preset: "audio", videos: "all" }, rule);
    expect(other.filter).toBeNull();
    expect(other.actions.render).toEqual({ preset: "audio", folder: "proxies" });
    const top = choiceOf({ ...draftOf(rule), renderFolder: " " }, rule);
    expect(top.actions.render).toMatchObject({ preset: "proxy", options: { height: 240 }, folder: null });
  });

  it("says what is missing", () => {
    expect(gapOf(NEW_RULE)).toContain("action");
    expect(gapOf({ ...NEW_RULE, tags: ["a"] })).toBeNull();
    expect(gapOf({ ...NEW_RULE, tags: ["a"], when: "matches" })).toContain("match");
    expect(gapOf({ ...NEW_RULE, tags: ["a"], videos: "search" })).toContain("saved search");
  });

  it("runs on existing videos only where that is possible", () => {
    const draft = { ...draftOf(rule), includesExisting: true };
    expect(bodyOf(draft, rule).include_existing).toBe(true);
    expect(bodyOf({ ...draft, when: "changed" }, rule).include_existing).toBe(false);
    expect(bodyOf(draft, { ...rule, enabled: false }).include_existing).toBe(false);
  });
});

describe("the words of a rule", () => {
  it("name its actions and counts", () => {
    expect(actionWords(rule.actions, () => "Proxy")).toBe(
      "create preview thumbnails, render as Proxy into proxies, tag new, call example.org",
    );
    expect(runWords(rule.runs)).toBe("1 video done · 3 videos to do");
    expect(runWords({ waiting: 0, running: 0, done: 0, failed: 0 })).toBe("Nothing yet");
    const preview = { count: 2, videos: [], storyboards: 2, renders: 0, tagged: 1, jobs: 1, webhook_calls: 1 };
    expect(previewWords(preview)).toBe(
      "2 videos get preview thumbnails · 1 video gets tags · 1 call of the webhook",
    );
  });
});
