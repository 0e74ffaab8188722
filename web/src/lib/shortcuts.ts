import { useEffect, useRef } from "react";

/** One key, or two pressed one after the other, such as "g j", and what it is for. */
export interface Shortcut {
  keys: string;
  label: string;
  run: () => void;
}

const SEQUENCE_MILLISECONDS = 1000;

/** Runs shortcuts wherever nobody is typing; keys as in `KeyboardEvent.key`, such as "/" or "?". */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    function press(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.composedPath()[0] ?? null; // inside of custom elements, too
      if (isTyping(target) || isUsedBy(target, event.key) || isDialogOpen()) return;
      const recent = first && event.timeStamp - first.at < SEQUENCE_MILLISECONDS ? first.key : null;
      const pressed = [...(recent === null ? [] : [`${recent} ${event.key}`]), event.key];
      const found = current.current.find((one) => pressed.includes(one.keys));
      first = { key: event.key, at: event.timeStamp };
      if (!found) return;
      first = null;
      event.preventDefault();
      found.run();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|range)$/.test(target.type))
  );
}

const PRESSED = "a[href], button, summary, input, [role=button], [role=menuitem], [role=option]";
const MOVED = "input, [role=slider], [role=tab], [role=menuitem], [role=option], [role=listbox]";

/** Whether what has the focus does something with this key itself. */
function isUsedBy(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (key === " " || key === "Enter") return target.closest(PRESSED) !== null;
  return key.startsWith("Arrow") && target.closest(MOVED) !== null;
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}
