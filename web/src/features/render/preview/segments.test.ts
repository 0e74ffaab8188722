import { expect, test } from "vitest";

import { missingFrom, placeAt, progressOf, segmentsOf, totalSeconds } from "@/features/render/preview/segments";
import { emptyDraft, newClip, newGap, newImage, type DraftClip } from "@/lib/renderDraft";
import { aVideo } from "@/test/videos";

const videos = new Map([
  ["a", { video: aVideo({ id: "a", duration_seconds: 10 }), trouble: null }],
  ["gone", { video: undefined, trouble: "This video is no longer in the library." }],
  ["missing", { video: aVideo({ id: "missing", duration_seconds: 4 }), trouble: "The file is missing." }],
]);

function edited(clip: DraftClip, change: Partial<DraftClip>): DraftClip {
  return { ...clip, ...change };
}

test("clips follow each other from their in to their out points", () => {
  const clips = [newClip("a", 1, 3), newGap(0.5), newClip("a", 8), newImage(2)];
  const segments = segmentsOf(clips, videos);
  expect(segments.map(({ at, seconds, startSeconds }) => [at, seconds, startSeconds])).toEqual([
    [0, 2, 1],
    [2, 0.5, 0],
    [2.5, 2, 8],
    [4.5, 2, 0],
  ]);
  expect(totalSeconds(segments)).toBe(6.5);
});

test("an out point after the end is the end, and a clip of unknown duration is left out", () => {
  const segments = segmentsOf([newClip("a", 8, 99), newClip("gone"), newClip("unknown"), newClip("a", 3, 2)], videos);
  expect(segments.map(({ number, seconds }) => [number, seconds])).toEqual([[1, 2]]);
});

test("a clip that cannot be played keeps its time and says why", () => {
  const [segment] = segmentsOf([newClip("missing", 1)], videos);
  expect(segment).toMatchObject({ video: null, words: "The file is missing.", seconds: 3 });
});

test("speed shortens a clip, and volume and mute are a gain", () => {
  const clips = [
    edited(newClip("a", 0, 4), { more: { speed: 2, volume_db: -20 } }),
    edited(newClip("a", 0, 4), { more: { mute: true, volume_db: 6 } }),
  ];
  const [fast, silent] = segmentsOf(clips, videos);
  expect(fast).toMatchObject({ seconds: 2, speed: 2, gain: 0.1 });
  expect(silent?.gain).toBe(0);
});

test("a transition is a cut in its middle, and the total is that of the result", () => {
  const transition = { kind: "fade", seconds: 1 };
  const segments = segmentsOf([newClip("a", 0, 4), edited(newClip("a", 4, 8), { transition })], videos);
  expect(segments.map(({ at, seconds, startSeconds }) => [at, seconds, startSeconds])).toEqual([
    [0, 3.5, 0],
    [3.5, 3.5, 4.5],
  ]);
  const first = segmentsOf([edited(newClip("a", 0, 4), { transition })], videos);
  expect(totalSeconds(first)).toBe(4);
});

test("a time leads to its segment, at most to the end", () => {
  const segments = segmentsOf([newClip("a", 0, 2), newClip("a", 5, 6)], videos);
  expect(placeAt(segments, 0)).toEqual({ index: 0, offset: 0 });
  expect(placeAt(segments, 1.5)).toEqual({ index: 0, offset: 1.5 });
  expect(placeAt(segments, 2)).toEqual({ index: 1, offset: 0 });
  expect(placeAt(segments, 99)).toEqual({ index: 1, offset: 1 });
  expect(placeAt([], 3)).toEqual({ index: 0, offset: 0 });
});

test("a segment is over at its out point, or at the end of the file", () => {
  const [segment] = segmentsOf([edited(newClip("a", 1, 3), { more: { speed: 2 } })], videos);
  if (!segment) throw new Error("there is no segment");
  const at = (currentTime: number, ended = false) => progressOf(segment, { currentTime, ended });
  expect(at(0.5)).toEqual({ offset: 0, isOver: false });
  expect(at(2)).toEqual({ offset: 0.5, isOver: false });
  expect(at(2.98)).toMatchObject({ isOver: false });
  expect(at(3)).toEqual({ offset: 1, isOver: true });
  expect(at(3.5)).toEqual({ offset: 1, isOver: true });
  expect(at(2.9, true)).toMatchObject({ isOver: true });
});

test("what the preview does not show is listed", () => {
  const clips = [
    edited(newClip("a"), { more: { speed: 2, mute: true, volume_db: -3 }, transition: { kind: "fade", seconds: 1 } }),
  ];
  expect(missingFrom({ ...emptyDraft(), clips })).toEqual([]);
  const more = [...clips, edited(newClip("a"), { more: { rotate: 90 }, transition: { kind: "fade", seconds: 1 } })];
  const draft = { ...emptyDraft(), clips: more, options: { texts: [{ text: "a" }], images: [] }, more: { audio: [{}] } };
  expect(missingFrom(draft)).toEqual(["transitions", "rotation", "background audio", "text overlays"]);
});
