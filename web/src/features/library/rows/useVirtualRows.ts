import { useEffect, useLayoutEffect, useMemo, useState, useSyncExternalStore } from "react";

import { RowScroller } from "@/features/library/rows/rowScroller";
import { between, createScrollScale } from "@/features/library/rows/scrollScale";

/** Scrolling rests after this time without a scroll event, if no event reports its end. */
const REST_MILLISECONDS = 500;

interface VirtualRowsOptions {
  rows: number;
  rowHeight: number;
  /** The distance of the first row from the top of the document in pixels. */
  top: number;
}

export interface RenderedRow {
  row: number;
  /** The distance from the top of the element that contains the rows, in pixels. */
  y: number;
}

export interface VirtualRows {
  /** The first and the last row that are rendered: those in the window and a few more. */
  first: number;
  last: number;
  /** The first and the last row in sight. */
  top: number;
  bottom: number;
  /** Returns the rendered rows in order, with a row that is also rendered, wherever it is. */
  items: (kept: number | null) => RenderedRow[];
  /** The height of the element that contains them, in pixels. */
  height: number;
  /** Returns the first row that nothing covers. */
  topRow: () => number;
  /** Scrolls by as little as shows a row. */
  reveal: (row: number) => void;
  /** Scrolls so that a row comes first. */
  show: (row: number) => void;
  /** Scrolls by a number of rows. */
  skip: (rows: number) => void;
}

/** Any number of rows of equal height in the scrolling window, of which only some are rendered. */
export function useVirtualRows({ rows, rowHeight, top }: VirtualRowsOptions): VirtualRows {
  const scale = useMemo(() => createScrollScale(rows * rowHeight), [rows, rowHeight]);
  const geometry = useMemo(() => ({ rows, rowHeight, top, scale }), [rows, rowHeight, top, scale]);
  const [scroller] = useState(() => new RowScroller(window, geometry));
  // Rendered at once, in the frame in which the scroll bar moves, so that nothing is seen to move.
  const view = useSyncExternalStore(scroller.subscribe, scroller.view);
  useLayoutEffect(() => scroller.setGeometry(geometry), [scroller, geometry]);
  useEffect(() => listen(scroller), [scroller]);
  const first = Math.min(view.first, rows - 1);
  const last = Math.min(view.last, rows - 1);
  return {
    first,
    last,
    top: view.top,
    bottom: view.bottom,
    items: (kept) => {
      const shown = Array.from({ length: last - first + 1 }, (_, place) => first + place);
      if (kept !== null && kept < first) shown.unshift(kept);
      if (kept !== null && kept > last) shown.push(kept);
      // One that is far away is just outside the element: browsers have no larger numbers.
      const yOf = (row: number) => between(-rowHeight, row * rowHeight - view.shift, scale.height);
      return shown.map((row) => ({ row, y: yOf(row) }));
    },
    height: scale.height,
    topRow: () => scroller.topRow,
    reveal: (row) => scroller.reveal(row),
    show: (row) => scroller.show(row),
    skip: (count) => scroller.moveTo(scroller.position + count * rowHeight),
  };
}

/** Follows the window; returns a function that stops. */
function listen(scroller: RowScroller): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  function onScroll() {
    clearTimeout(timer);
    timer = setTimeout(onRest, REST_MILLISECONDS);
    scroller.follow();
  }
  function onRest() {
    clearTimeout(timer);
    scroller.rest();
  }
  const onResize = () => scroller.follow();
  window.addEventListener("scroll", onScroll, { passive: true });
  window.addEventListener("scrollend", onRest);
  window.addEventListener("resize", onResize);
  // It may leave the page, and the place of the scroll bar is what is restored later.
  window.addEventListener("click", onRest, { capture: true });
  return () => {
    clearTimeout(timer);
    window.removeEventListener("scroll", onScroll);
    window.removeEventListener("scrollend", onRest);
    window.removeEventListener("resize", onResize);
    window.removeEventListener("click", onRest, { capture: true });
  };
}
