import { describe, expect, it } from "vitest";

import { formatLinkMoment, formatMoment, frameAt, frameStart, nearestFrame, parseLinkMoment, parseMoment } from "@/lib/moments";

const FILM = "24000/1001";

describe("frames", () => {
  it("are counted exactly, also late in a long video", () => {
    const frame = 172_627;
    const start = (frame * 1001) / 24_000;
    expect(frameAt(start, FILM)).toBe(frame);
    expect(frameAt(start + 0.04, FILM)).toBe(frame);
    expect(frameStart(start + 0.02, FILM)).toBeCloseTo(start, 5);
  });

  it("are found again by when they begin, rounded as it is kept", () => {
    const frames = Array.from({ length: 500 }, (_, frame) => frame);
    const found = frames.map((frame) => frameAt(nearestFrame((frame * 1001) / 24_000, FILM), FILM));
    expect(found).toEqual(frames);
  });

  it("are found by the nearest beginning", () => {
    expect(nearestFrame(0.51, "25/1")).toBe(0.52);
    expect(nearestFrame(0.499, "25/1")).toBe(0.48);
    expect(nearestFrame(1.2345678, null)).toBe(1.234568);
  });
});

describe("a moment that is typed", () => {
  it.each([
    ["62.5", 62.5],
    ["1:02.5", 62.5],
    ["1:01:02,5", 3662.5],
    [".5", 0.5],
    ["f50", 2],
    ["", null],
    ["soon", null],
    ["1:2:3:4", null],
    ["-1", null],
  ])("as %s is %s seconds", (typed, seconds) => {
    expect(parseMoment(typed, "25/1")).toBe(seconds);
  });

  it("is written as it is read", () => {
    for (const seconds of [0, 0.04, 59.999, 61.5, 3661.001]) {
      expect(parseMoment(formatMoment(seconds), null)).toBeCloseTo(seconds, 6);
    }
  });
});

describe("links to a moment", () => {
  it.each([
    ["90", 90],
    ["90.5", 90.5],
    ["90s", 90],
    ["1h2m3s", 3723],
    ["1H", 3600],
    ["2m30", 150],
    ["1:02:03", 3723],
    ["0", 0],
  ])("%s are %d seconds", (text, seconds) => expect(parseLinkMoment(text)).toBe(seconds));

  it.each(["", "abc", "-5", "1s2m", "h", "1e9", "NaN", "Infinity", "1:x"])("%j is none", (text) =>
    expect(parseLinkMoment(text)).toBeNull(),
  );

  it("are short, and lead back to the same moment", () => {
    expect(formatLinkMoment(62)).toBe("62");
    expect(formatLinkMoment(62.439999999)).toBe("62.44");
    expect(parseLinkMoment(formatLinkMoment(3723.0374))).toBe(3723.037);
  });
});
