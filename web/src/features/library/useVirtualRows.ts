import { useWindowVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect } from "react";

/** Browsers support heights of up to 17 to 33 million pixels. */
const MAX_HEIGHT = 15_000_000;
const OVERSCAN = 3;
const HEADER_PIXELS = 56;

interface VirtualRowsOptions {
  rows: number;
  rowHeight: number;
  /** The distance of the first row from the top of the document in pixels. */
  top: number;
  /** Called with the first and last visible row. */
  onSeen: (first: number, last: number) => void;
}

export interface VirtualRows {
  items: VirtualItem[];
  /** The height of all rows in pixels. */
  height: number;
  /** The number of rows that can be shown; fewer than all in very long lists. */
  shown: number;
  /** Scrolls to a row. */
  reveal: (row: number) => void;
}

/** Rows of equal height in the scrolling window, of which only visible ones are rendered. */
export function useVirtualRows({ rows, rowHeight, top, onSeen }: VirtualRowsOptions): VirtualRows {
  const shown = Math.min(rows, Math.floor(MAX_HEIGHT / rowHeight));
  const virtualizer = useWindowVirtualizer({
    count: shown,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: top,
    // The header, and the tabs on phones, cover the edges.
    scrollPaddingStart: HEADER_PIXELS * 2,
    scrollPaddingEnd: HEADER_PIXELS * 2,
    useFlushSync: false,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onSeen(first, last), [onSeen, first, last]);
  return {
    items,
    height: shown * rowHeight,
    shown,
    reveal: (row) => virtualizer.scrollToIndex(row, { align: "auto" }),
  };
}
