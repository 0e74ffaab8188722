import { useLayoutEffect, useState, type RefObject } from "react";

import { between } from "@/features/collections/order";

/** Rows that are rendered beyond those in sight. */
const OVERSCAN = 6;
/** The header, and the tabs on phones, cover the edges. */
export const COVERED_PIXELS = 64;

/** The first and the last row of equal height that are to be rendered in the scrolling window. */
export function useRowsInSight(element: RefObject<HTMLElement | null>, count: number, rowHeight: number) {
  const [sight, setSight] = useState({ top: 0, bottom: 0 });
  useLayoutEffect(() => {
    function measure() {
      const box = element.current?.getBoundingClientRect();
      if (!box) return;
      const top = Math.floor(-box.top / rowHeight);
      const bottom = Math.ceil((window.innerHeight - box.top) / rowHeight);
      setSight((now) => (now.top === top && now.bottom === bottom ? now : { top, bottom }));
    }
    measure();
    window.addEventListener("scroll", measure, { passive: true });
    window.addEventListener("resize", measure);
    return () => {
      window.removeEventListener("scroll", measure);
      window.removeEventListener("resize", measure);
    };
  }, [element, count, rowHeight]);
  return {
    first: between(0, sight.top - OVERSCAN, Math.max(0, count - 1)),
    last: between(0, sight.bottom + OVERSCAN, count - 1),
  };
}

/** Scrolls by as little as shows a row. */
export function reveal(element: HTMLElement | null, row: number, rowHeight: number): void {
  if (!element) return;
  const top = element.getBoundingClientRect().top + row * rowHeight - COVERED_PIXELS;
  const bottom = top + rowHeight + 2 * COVERED_PIXELS - window.innerHeight;
  if (top < 0) window.scrollBy({ top });
  else if (bottom > 0) window.scrollBy({ top: bottom });
}
