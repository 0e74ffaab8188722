import { useLayoutEffect, useState, type RefObject } from "react";

/** The last one, so that who comes back need not wait for a layout. */
let last: number | null = null;

/** The width of an element in pixels, and how far below the top of the document it begins. */
export function useWidth(element: RefObject<HTMLElement | null>): { width: number; top: number } {
  const [measures, setMeasures] = useState({
    width: last ?? document.documentElement.clientWidth - 32,
    top: 0,
  });
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return;
    function measure() {
      if (!measured) return;
      const box = measured.getBoundingClientRect();
      const next = { width: box.width, top: Math.round(box.top + window.scrollY) };
      last = next.width || null;
      setMeasures((now) => (now.width === next.width && now.top === next.top ? now : next));
    }
    measure();
    // The body, too: what is above the element may become higher.
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return measures;
}
