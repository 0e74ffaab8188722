import { expect, test } from "vitest";

import { codecWords, containerWords, languageWords, levelWords } from "@/features/video/info/words";

test("codecs and containers have the names that people know, others keep their own", () => {
  expect(codecWords("hevc")).toBe("H.265 (HEVC)");
  expect(codecWords("xyz1")).toBe("xyz1");
  expect(containerWords("mov,mp4,m4a,3gp,3g2,mj2")).toBe("MP4 (QuickTime)");
  expect(containerWords("nut")).toBe("nut");
});

test("levels are written as each codec writes them", () => {
  expect(levelWords("h264", 40)).toBe("4.0");
  expect(levelWords("hevc", 120)).toBe("4.0");
  expect(levelWords("av1", 8)).toBe("4.0");
  expect(levelWords("h264", null)).toBe("–");
  expect(levelWords("h264", -99)).toBe("–");
});

test("languages are named beside their codes", () => {
  expect(languageWords("deu")).toBe("German (deu)");
  expect(languageWords(null)).toBe("–");
  expect(languageWords("no language")).toBe("no language");
});
