import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** Rows that are rendered beyond those in sight. */
const OVERSCAN = 8;

/**
 * The rows of equal height in sight of a scrolling element, which gets the ref `scroller`.
 *
 * Not by TanStack Virtual, which a first visit would then load together with all else that the parts
 * of the page share.
 */
export function useRowWindow(count: number, rowHeight: number) {
  const scroller = useRef<HTMLDivElement>(null);
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
  }, []);

  const first = Math.max(0, Math.min(Math.floor(sight.top / rowHeight) - OVERSCAN, count - 1));
  const last = Math.min(count - 1, Math.floor((sight.top + sight.height) / rowHeight) + OVERSCAN);
  const reveal = useCallback(
    (row: number) => {
      const element = scroller.current;
      if (!element) return;
      const [top, bottom] = [row * rowHeight, (row + 1) * rowHeight];
      if (top < element.scrollTop) element.scrollTo({ top });
      else if (bottom > element.scrollTop + element.clientHeight) element.scrollTo({ top: bottom - element.clientHeight });
    },
    [rowHeight],
  );
  return { scroller, first, last, rowsInSight: Math.max(1, Math.floor(sight.height / rowHeight) - 1), reveal };
}
