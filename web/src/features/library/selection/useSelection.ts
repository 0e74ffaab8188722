import { useCallback, useMemo, useState } from "react";

import type { Video } from "@/api/types";

/** Some videos by id, or the whole list, including unloaded videos. */
export type Selection = { kind: "some"; videos: ReadonlyMap<string, Video> } | { kind: "all" };

export interface SelectionControl {
  selection: Selection;
  isEmpty: boolean;
  has: (id: string) => boolean;
  /** Toggles one video; if all were selected, those of `loaded` stay selected. */
  toggle: (video: Video, loaded: () => Video[]) => void;
  add: (videos: readonly Video[]) => void;
  selectAll: () => void;
  clear: () => void;
}

const NONE: Selection = { kind: "some", videos: new Map() };

/** Returns the selection, which is cleared when the list (identified by `key`) changes. */
export function useSelection(key: string): SelectionControl {
  const [state, setState] = useState({ key, selection: NONE });
  if (state.key !== key) setState({ key, selection: NONE });
  const selection = state.key === key ? state.selection : NONE;
  const change = useCallback(
    (next: (before: Selection) => Selection) =>
      setState((before) => ({ ...before, selection: next(before.selection) })),
    [],
  );
  const toggle = useCallback(
    (video: Video, loaded: () => Video[]) =>
      change((before) => {
        const videos = new Map(
          before.kind === "all" ? loaded().map((one) => [one.id, one]) : before.videos,
        );
        if (!videos.delete(video.id)) videos.set(video.id, video);
        return { kind: "some", videos };
      }),
    [change],
  );
  const add = useCallback(
    (more: readonly Video[]) =>
      change((before) =>
        before.kind === "all"
          ? before
          : { kind: "some", videos: new Map([...before.videos, ...more.map((one) => [one.id, one] as const)]) },
      ),
    [change],
  );
  const selectAll = useCallback(() => change(() => ({ kind: "all" })), [change]);
  const clear = useCallback(() => change((before) => (isEmptySelection(before) ? before : NONE)), [change]);
  return useMemo(
    () => ({
      selection,
      isEmpty: isEmptySelection(selection),
      has: (id) => selection.kind === "all" || selection.videos.has(id),
      toggle,
      add,
      selectAll,
      clear,
    }),
    [selection, toggle, add, selectAll, clear],
  );
}

function isEmptySelection(selection: Selection): boolean {
  return selection.kind === "some" && selection.videos.size === 0;
}
