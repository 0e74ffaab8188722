import { useCallback, useLayoutEffect, useState, type RefObject } from "react";

/** Rows that are rendered beyond those in sight. */
const OVERSCAN = 8;

interface RowWindowOptions {
  scroller: RefObject<HTMLElement | null>;
  count: number;
  rowHeight: number;
}

/**
 * The rows of equal height that are in sight of a scrolling element.
 *
 * Not by TanStack Virtual, which a first visit would then load together with all else that the parts
 * of the page share.
 */
export function useRowWindow({ scroller, count, rowHeight }: RowWindowOptions) {
  const [sight, setSight] = useState({ top: 0, height: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setSight({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [scroller]);

  const first = Math.max(0, Math.min(Math.floor(sight.top / rowHeight) - OVERSCAN, count - 1));
  const last = Math.min(count - 1, Math.floor((sight.top + sight.height) / rowHeight) + OVERSCAN);
  const reveal = useCallback(
    (row: number) => {
      const element = scroller.current;
      if (!element) return;
      const [top, bottom] = [row * rowHeight, (row + 1) * rowHeight];
      if (top < element.scrollTop) element.scrollTop = top;
      else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
    },
    [scroller, rowHeight],
  );
  return { first, last, rowsInSight: Math.max(1, Math.floor(sight.height / rowHeight) - 1), reveal };
}
