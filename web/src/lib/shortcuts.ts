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
      if (isTyping(event.target) || isDialogOpen()) return;
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
    !(target instanceof HTMLInputElement && target.type === "checkbox")
  );
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}
