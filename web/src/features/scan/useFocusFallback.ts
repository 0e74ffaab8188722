import { useEffect, useRef, type RefObject } from "react";

/** Takes the keyboard to an element that appears, where what had it before has gone. */
export function useFocusFallback(): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) element.current?.focus();
  }, []);
  return element;
}
