import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from "react";

interface ListKeysOptions {
  list: RefObject<HTMLElement | null>;
  /** The number of items. */
  count: number;
  /** The number of items in a row: 1 in a table. */
  columns: number;
  /** Scrolls to an item. */
  reveal: (index: number) => void;
  onPick: (index: number, isRange: boolean) => void;
  /** The item that the Tab key focuses at first. */
  initial: number;
}

/** Handles keys: arrows move the focus, x and Space select. */
export function useListKeys({ list, count, columns, reveal, onPick, initial }: ListKeysOptions) {
  const [active, setActive] = useState(initial);
  const [isFocused, setFocused] = useState(false);
  const stop = Math.min(active, Math.max(0, count - 1));
  const wanted = useRef<number | null>(null);

  useEffect(() => {
    if (wanted.current === null) return;
    const link = list.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] a`);
    if (!link) return;
    wanted.current = null;
    link.focus({ preventScroll: true });
  });

  function step(event: KeyboardEvent): number | null {
    const page = columns * 4;
    switch (event.key) {
      case "ArrowRight":
        return columns > 1 ? stop + 1 : null;
      case "ArrowLeft":
        return columns > 1 ? stop - 1 : null;
      case "ArrowDown":
        return stop + columns;
      case "ArrowUp":
        return stop - columns;
      case "PageDown":
        return Math.min(stop + page, count - 1);
      case "PageUp":
        return Math.max(stop - page, 0);
      case "Home":
        return 0;
      case "End":
        return count - 1;
      default:
        return null;
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain || !(event.target instanceof HTMLElement) || !event.target.closest("[data-index]")) return;
    if (event.key === "x" || event.key === "X" || event.key === " ") {
      event.preventDefault();
      onPick(stop, event.shiftKey);
      return;
    }
    const next = step(event);
    if (next === null) return;
    event.preventDefault();
    if (next < 0 || next >= count) return;
    wanted.current = next;
    setActive(next);
    reveal(next);
  }

  function onFocus(event: FocusEvent) {
    const index = event.target.closest("[data-index]")?.getAttribute("data-index");
    setFocused(true);
    if (index) setActive(Number(index));
  }

  function onBlur(event: FocusEvent) {
    // If the window loses the focus, the element keeps it.
    setFocused(event.target === document.activeElement);
  }

  return {
    active: stop,
    /** The item with the focus, if one has it. */
    focused: isFocused ? stop : null,
    setActive,
    /** Follows the items when they have moved; a card that changed its row is a new element. */
    move: (by: number) => {
      setActive(stop + by);
      if (isFocused) wanted.current = stop + by;
    },
    handlers: { onKeyDown, onFocus, onBlur },
  };
}
