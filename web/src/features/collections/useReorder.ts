import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";

import { between, type Moved } from "@/features/collections/order";
import { COVERED_PIXELS, reveal } from "@/features/collections/useRowsInSight";

/** So close to an edge of the window, in pixels, a dragged row scrolls the list. */
const EDGE_PIXELS = 96;
/** The pixels that it then scrolls in a frame, at most. */
const MOST_SCROLLED = 24;

interface ReorderOptions {
  /** The element that contains the rows. */
  element: RefObject<HTMLElement | null>;
  rowHeight: number;
  total: number;
  onDrop: (moved: Moved, name: string) => void;
  /** Reports for screen readers what happens. */
  announce: (words: string) => void;
}

/** A row that is being moved; `y` is where a pointer holds it, null if keys move it. */
interface Drag extends Moved {
  name: string;
  y: number | null;
}

interface Held {
  pointerId: number;
  /** The distance of the pointer from the upper edge of the row. */
  grip: number;
  clientY: number;
}

/** Moves rows of equal height by mouse, finger and keys. */
export function useReorder({ element, rowHeight, total, onDrop, announce }: ReorderOptions) {
  const [drag, showDrag] = useState<Drag | null>(null);
  // What is shown may be older than the last event: moves of a pointer wait for the next frame.
  const newest = useRef<Drag | null>(null);
  function setDrag(next: Drag | null) {
    newest.current = next;
    showDrag(next);
  }
  const held = useRef<Held | null>(null);
  const isHeld = drag?.y != null;

  /** Moves the held row to where the pointer is. */
  function follow() {
    const box = element.current?.getBoundingClientRect();
    const { current } = held;
    if (!box || !current || !newest.current) return;
    const y = between(0, current.clientY - box.top - current.grip, (total - 1) * rowHeight);
    setDrag({ ...newest.current, y, to: Math.round(y / rowHeight) });
  }
  const latest = useRef(follow);
  useEffect(() => {
    latest.current = follow;
  });

  useEffect(() => {
    if (!isHeld) return;
    let frame = requestAnimationFrame(function scroll() {
      const y = held.current?.clientY ?? 0;
      const above = Math.max(0, COVERED_PIXELS + EDGE_PIXELS - y);
      const below = Math.max(0, y - (window.innerHeight - EDGE_PIXELS));
      const step = Math.min(MOST_SCROLLED, Math.max(above, below) / 4);
      if (step > 0) {
        window.scrollBy({ top: above > 0 ? -step : step, behavior: "instant" });
        latest.current();
      }
      frame = requestAnimationFrame(scroll);
    });
    return () => cancelAnimationFrame(frame);
  }, [isHeld]);

  function end(isDropped: boolean) {
    const last = newest.current;
    held.current = null;
    setDrag(null);
    if (!last) return;
    const isMoved = last.from !== last.to;
    if (isDropped && isMoved) onDrop({ id: last.id, from: last.from, to: last.to }, last.name);
    if (last.y === null && !(isDropped && isMoved)) announce(isDropped ? "Not moved." : "Move cancelled.");
  }

  function moveTo(now: Drag, place: number) {
    const to = between(0, place, total - 1);
    setDrag({ ...now, to });
    reveal(element.current, to, rowHeight);
    announce(`Position ${to + 1} of ${total}.`);
  }

  function onKeyDown(event: KeyboardEvent, id: string, index: number, name: string) {
    const isLifting = event.key === " " || event.key === "Enter";
    const now = newest.current;
    if (!now) {
      if (!isLifting) return;
      event.preventDefault();
      setDrag({ id, name, from: index, to: index, y: null });
      announce(`${name} lifted, position ${index + 1} of ${total}. Arrow keys move it, Space drops it, Escape cancels.`);
      return;
    }
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: now.to - 1,
      ArrowDown: now.to + 1,
      PageUp: now.to - 10,
      PageDown: now.to + 10,
      Home: 0,
      End: total - 1,
    };
    const place = steps[event.key];
    if (isLifting) end(true);
    else if (event.key === "Escape") end(false);
    else if (place !== undefined && now.y === null) moveTo(now, place);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Returns the handlers of the handle of a row. */
  const handlersOf = (id: string, index: number, name: string) => ({
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || newest.current) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const top = element.current?.getBoundingClientRect().top ?? 0;
      const y = index * rowHeight;
      held.current = { pointerId: event.pointerId, grip: event.clientY - top - y, clientY: event.clientY };
      setDrag({ id, name, from: index, to: index, y });
    },
    onPointerMove: (event: PointerEvent) => {
      if (held.current?.pointerId !== event.pointerId) return;
      held.current.clientY = event.clientY;
      follow();
    },
    onPointerUp: (event: PointerEvent) => {
      if (held.current?.pointerId !== event.pointerId) return;
      held.current.clientY = event.clientY;
      follow();
      end(true);
    },
    onPointerCancel: () => held.current && end(false),
    onKeyDown: (event: KeyboardEvent) => onKeyDown(event, id, index, name),
    onBlur: () => newest.current?.y === null && end(false),
  });

  return { drag, handlersOf };
}
