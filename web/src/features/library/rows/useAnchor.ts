import { useQuery } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState } from "react";

import { indexQuery } from "@/api/videos";
import type { VirtualRows } from "@/features/library/rows/useVirtualRows";
import type { VideoList } from "@/features/library/useVideoList";

/** How long the last list is shown at most, however slow the server is. */
const HELD_MILLISECONDS = 10_000;

interface AnchorOptions {
  list: VideoList;
  rows: VirtualRows;
  columns: number;
  /** The index of the video with the focus, or null. */
  focused: number | null;
  /** Called with the number of places that the videos have moved by. */
  onMove: (by: number) => void;
}

interface Anchor {
  /** The query of its list. */
  query: string;
  id: string;
  index: number;
}

/**
 * Keeps the video with the focus, or the upper one in sight, where it is, while others are added or
 * removed before it.
 *
 * Returns the list to show, which is the last one while it is not known where that video is in the
 * new one, and an index that must be loaded then, or null.
 */
export function useAnchor({ list, rows, columns, focused, onMove }: AnchorOptions) {
  const anchor = useRef<Anchor | null>(null);
  const latest = useRef(list);
  const [lost, setLost] = useState<{ anchor: Anchor; list: VideoList } | null>(null);
  const found = useQuery({ ...indexQuery(lost?.anchor.id ?? "", list.query), enabled: lost !== null });
  const wanted = lost === null || found.isFetching ? null : (found.data ?? null);

  // Any render may bring other videos or rows; what it sets a second time is the same as before.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  useLayoutEffect(() => {
    const query = JSON.stringify(list.query);
    const known = anchor.current?.query === query && !list.isOld ? anchor.current : null;
    if (known && isRendered(known.index) && list.at(known.index)?.id !== known.id) {
      const index = list.find(known.id);
      if (index !== undefined) {
        rows.skip(rowOf(index) - rowOf(known.index));
        onMove(index - known.index);
      } else if (list.isFetching || lost === null || found.isFetching || wanted !== null) {
        // Set before anything is painted, so that nobody sees other videos in between.
        setLost((before) => before ?? { anchor: known, list: latest.current });
        return;
      }
    }
    setLost(null);
    latest.current = list;
    const top = rows.topRow();
    const isSeen = focused !== null && rowOf(focused) >= top && isRendered(focused);
    const index = isSeen ? focused : top * columns;
    const video = list.isOld ? undefined : list.at(index);
    // At the start of the list, people want to see what is added there.
    anchor.current = video && index > 0 ? { query, id: video.id, index } : null;
  });

  useEffect(() => {
    if (lost === null) return;
    const timer = setTimeout(() => {
      anchor.current = null;
      setLost(null);
    }, HELD_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [lost]);

  function rowOf(index: number): number {
    return Math.floor(index / columns);
  }

  function isRendered(index: number): boolean {
    return rowOf(index) >= rows.first && rowOf(index) <= rows.last;
  }

  return { shown: lost?.list ?? list, wanted };
}
