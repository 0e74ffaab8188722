import { useEffect, useRef, type RefObject } from "react";

/** Focuses a new element if the previously focused one is gone. */
export function useFocusFallback(): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) element.current?.focus();
  }, []);
  return element;
}
