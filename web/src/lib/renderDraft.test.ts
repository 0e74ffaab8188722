import { act, renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import {
  addClips,
  draftOf,
  emptyDraft,
  MOST_CLIPS,
  newClip,
  parseDraft,
  renderDraft,
  setRenderDraft,
  takeStarted,
  useRenderDraft,
} from "@/lib/renderDraft";

beforeEach(() => localStorage.clear());

describe("what is kept in the browser", () => {
  it.each([null, "", "rubbish", "[]", "7", '{"clips": 5}', '{"clips": [{"videoId": 5}, null, []]}'])(
    "is empty where it is %s",
    (text) => {
      expect(parseDraft(text).clips).toEqual([]);
    },
  );

  it("is the same after it was read", () => {
    const draft = { ...emptyDraft(), clips: [newClip("a", 1, 2), newClip("b")], name: "holiday" };
    setRenderDraft(draft);
    expect(renderDraft()).toEqual(draft);
    expect(renderDraft()).toBe(renderDraft());
  });

  it("is told to this tab and to others", () => {
    const { result } = renderHook(() => useRenderDraft());
    act(() => void addClips([newClip("a")]));
    expect(result.current.clips).toHaveLength(1);
    act(() => {
      const text = JSON.stringify({ ...emptyDraft(), clips: [newClip("b"), newClip("c")] });
      localStorage.setItem("stoat-ferret.render", text);
      window.dispatchEvent(new StorageEvent("storage", { key: "stoat-ferret.render" }));
    });
    expect(result.current.clips.map((clip) => clip.videoId)).toEqual(["b", "c"]);
  });

  it("has no more clips than a render takes", () => {
    expect(addClips(Array.from({ length: MOST_CLIPS - 1 }, () => newClip("a")))).toBe(MOST_CLIPS - 1);
    expect(addClips([newClip("b"), newClip("c")])).toBe(1);
    expect(renderDraft().clips).toHaveLength(MOST_CLIPS);
  });
});

it("takes over all of a recipe", () => {
  const draft = draftOf({
    preset: "archive",
    name: "old",
    clips: [
      { video_id: "a", start_seconds: "1001/1000", end_seconds: 3, speed: 2 },
      { gap_seconds: 0.5 },
      { video_id: "b", transition: { kind: "dissolve", seconds: 0.5 } },
    ],
    options: { effort: "best" },
    audio: [{ video_id: "c" }],
  });
  expect(draft).toMatchObject({
    preset: "archive",
    name: "old",
    options: { effort: "best" },
    more: { audio: [{ video_id: "c" }] },
    clips: [
      { videoId: "a", startSeconds: 1.001, endSeconds: 3, more: { speed: 2 } },
      { videoId: "", more: { gap_seconds: 0.5 } },
      { videoId: "b", endSeconds: null, transition: { kind: "dissolve", seconds: 0.5 } },
    ],
  });
});

it("loses the clips of a started render, and keeps those that were added meanwhile", () => {
  const first = newClip("a");
  setRenderDraft({ ...emptyDraft(), clips: [first], name: "holiday", options: { crf: 20 }, more: { overwrite: true } });
  const started = renderDraft();
  addClips([newClip("b")]);
  takeStarted(started);
  const { clips, name, options, more } = renderDraft();
  expect(clips.map((clip) => clip.videoId)).toEqual(["b"]);
  expect([name, options, more]).toEqual(["", { crf: 20 }, {}]);
});
