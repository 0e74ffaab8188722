import { useLayoutEffect, useRef } from "react";

import type { VirtualRows } from "@/features/library/rows/useVirtualRows";
import type { VideoList } from "@/features/library/useVideoList";

interface AnchorOptions {
  list: VideoList;
  rows: VirtualRows;
  columns: number;
  /** The index of the video with the focus, or null. */
  focused: number | null;
  /** Called with the number of places that the videos have moved by. */
  onMove: (by: number) => void;
}

/**
 * Keeps the video with the focus, or the upper one in sight, where it is, while others are added or
 * removed before it.
 */
export function useAnchor({ list, rows, columns, focused, onMove }: AnchorOptions): void {
  const anchor = useRef<{ id: string; index: number } | null>(null);

  useLayoutEffect(() => {
    const known = anchor.current;
    if (known && isRendered(known.index) && !list.isOld && list.at(known.index)?.id !== known.id) {
      const index = list.find(known.id);
      // Its part of the list may be on the way.
      if (index === undefined && list.isFetching) return;
      if (index !== undefined) {
        rows.skip(rowOf(index) - rowOf(known.index));
        onMove(index - known.index);
      }
    }
    const top = rows.topRow();
    const isSeen = focused !== null && rowOf(focused) >= top && isRendered(focused);
    const index = isSeen ? focused : top * columns;
    const video = list.isOld ? undefined : list.at(index);
    // At the start of the list, people want to see what is added there.
    anchor.current = video && index > 0 ? { id: video.id, index } : null;
  });

  function rowOf(index: number): number {
    return Math.floor(index / columns);
  }

  function isRendered(index: number): boolean {
    return rowOf(index) >= rows.first && rowOf(index) <= rows.last;
  }
}
