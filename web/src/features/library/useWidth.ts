import { useLayoutEffect, useState, type RefObject } from "react";

/** The last width, so that returning needs no layout first. */
let last: number | null = null;

/** Returns the width of an element, and its distance from the top of the document, in pixels. */
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
    // The body too: content above the element may grow.
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return measures;
}
