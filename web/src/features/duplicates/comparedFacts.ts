import type { DuplicateCopy } from "@/api/duplicates";
import {
  formatBitRate,
  formatDateTime,
  formatDuration,
  formatFrameRate,
  formatResolution,
  formatSize,
} from "@/lib/format";

/** A fact about each copy, in words. */
export interface ComparedFact {
  name: string;
  values: string[];
  differs: boolean;
}

const NONE = "none";

const facts: readonly [name: string, of: (copy: DuplicateCopy) => string | null][] = [
  ["Library folder", (copy) => copy.root],
  ["Folder", (copy) => copy.folder],
  ["Name", (copy) => copy.name],
  ["Size", (copy) => formatSize(copy.size_bytes)],
  ["Length", (copy) => formatDuration(copy.duration_seconds)],
  ["Resolution", (copy) => formatResolution(copy.width, copy.height)],
  ["Frame rate", (copy) => formatFrameRate(copy.frame_rate)],
  ["Video codec", (copy) => copy.video_codec],
  ["Audio codec", (copy) => copy.audio_codec],
  ["HDR", (copy) => copy.hdr],
  ["Bit rate", (copy) => (copy.bit_rate === null ? null : formatBitRate(copy.bit_rate))],
  ["Modified", (copy) => formatDateTime(copy.modified_at)],
  ["Added", (copy) => formatDateTime(copy.added_at)],
  ["Recorded", (copy) => (copy.taken_at === null ? null : formatDateTime(copy.taken_at))],
  ["Title", (copy) => copy.title],
  ["Rating", (copy) => (copy.rating === null ? null : `${copy.rating} of 5`)],
  ["Favourite", (copy) => (copy.favourite ? "yes" : "no")],
  ["Tags", (copy) => copy.tags.join(", ")],
  ["Notes", (copy) => copy.notes],
  ["Watched", (copy) => (copy.watched ? "yes" : copy.position_seconds > 0 ? `up to ${formatDuration(copy.position_seconds)}` : "no")],
];

/** Returns all facts about these copies, and whether they differ. */
export function comparedFacts(copies: readonly DuplicateCopy[]): ComparedFact[] {
  return facts.map(([name, of]) => {
    const values = copies.map((copy) => of(copy) ?? "");
    return { name, values: values.map((value) => value || NONE), differs: new Set(values).size > 1 };
  });
}
