import { useSyncExternalStore } from "react";

import { NOTHING_DONE, type BulkEdit, type BulkProgress, type Which } from "@/api/bulk";
import type { VideoChange } from "@/lib/edits/videoChange";
import { keptText } from "@/lib/keptText";

/** The edits that are not saved yet, in order; stored in this browser and shared by its tabs. */

export type QueuedEdit =
  | { id: string; kind: "video"; videoId: string; name: string; change: VideoChange }
  | { id: string; kind: "bulk"; which: Which; edit: BulkEdit; done: BulkProgress };

const NONE: readonly QueuedEdit[] = [];

const kept = keptText("stoat-ferret.edits");
let known: { text: string | null; edits: readonly QueuedEdit[] } = { text: null, edits: NONE };

/** Returns the edits that are not saved yet; the same array until it changes. */
export function queuedEdits(): readonly QueuedEdit[] {
  const text = kept.read();
  if (text !== known.text) known = { text, edits: parseEdits(text) };
  return known.edits;
}

export function useQueuedEdits(): readonly QueuedEdit[] {
  return useSyncExternalStore(kept.subscribe, queuedEdits);
}

export function addEdit(edit: QueuedEdit): void {
  write([...queuedEdits(), edit]);
}

export function replaceEdit(edit: QueuedEdit): void {
  write(queuedEdits().map((one) => (one.id === edit.id ? edit : one)));
}

export function removeEdits(ids: readonly string[]): void {
  write(queuedEdits().filter((one) => !ids.includes(one.id)));
}

/** Parses stored edits; invalid ones are dropped. */
export function parseEdits(text: string | null): readonly QueuedEdit[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "null");
  } catch {
    return NONE;
  }
  return Array.isArray(value) ? value.flatMap(parseEdit) : NONE;
}

const FIELDS = ["title", "rating", "tags", "favourite"];

function parseEdit(value: unknown): QueuedEdit[] {
  if (!isObject(value) || typeof value["id"] !== "string") return [];
  const { id, kind, videoId, name, change, which, edit, done } = value;
  if (kind === "video") {
    if (typeof videoId !== "string" || !isObject(change) || !FIELDS.includes(String(change["field"]))) return [];
    if (!("base" in change && "mine" in change)) return [];
    return [{ id, kind, videoId, name: String(name), change: change as unknown as VideoChange }];
  }
  if (kind !== "bulk" || !isObject(which) || !isObject(edit)) return [];
  if (!Array.isArray(which["video_ids"]) && !isObject(which["query"])) return [];
  const isStarted = isObject(done) && typeof done["parts"] === "number" && typeof done["count"] === "number";
  return [
    {
      id,
      kind,
      which: which as unknown as Which,
      edit,
      done: isStarted ? (done as unknown as BulkProgress) : NOTHING_DONE,
    },
  ];
}

function write(edits: readonly QueuedEdit[]): void {
  kept.write(edits.length > 0 ? JSON.stringify(edits) : null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
