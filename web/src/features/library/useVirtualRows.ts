import { useWindowVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect } from "react";

/** Browsers place nothing below some 17 to 33 million pixels. */
const MAX_HEIGHT = 15_000_000;
const OVERSCAN = 3;
const HEADER_PIXELS = 56;

interface VirtualRowsOptions {
  rows: number;
  rowHeight: number;
  /** Where the first row is, in pixels from the top of the document. */
  top: number;
  /** Called with the first and last row that are seen. */
  onSeen: (first: number, last: number) => void;
}

export interface VirtualRows {
  items: VirtualItem[];
  /** Of all rows that can be shown, in pixels. */
  height: number;
  /** How many rows can be shown: of very long lists not all. */
  shown: number;
  /** Scroll until the row is seen. */
  reveal: (row: number) => void;
}

/** Rows of one height in the scrolling window, of which only those in sight exist. */
export function useVirtualRows({ rows, rowHeight, top, onSeen }: VirtualRowsOptions): VirtualRows {
  const shown = Math.min(rows, Math.floor(MAX_HEIGHT / rowHeight));
  const virtualizer = useWindowVirtualizer({
    count: shown,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: top,
    // The header, and on phones the tabs, cover what is at the edges.
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
