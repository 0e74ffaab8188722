import { useEffect } from "react";

import type { SelectionControl } from "@/features/library/selection/useSelection";
import { useShortcuts, type Shortcut } from "@/lib/shortcuts";

const shown: readonly Shortcut[] = [
  { keys: "←→↑↓", label: "Move through the list", run: nothing },
  { keys: "Enter", label: "Open video", run: nothing },
  { keys: "x", label: "Toggle selection", run: nothing },
  { keys: "X", label: "Extend selection", run: nothing },
  { keys: "Ctrl+a", label: "Select all", run: nothing },
];

/** The focused list handles these keys; they are only listed here. */
function nothing(): void {
  return;
}

/** Ctrl+A selects the whole list, including unloaded videos; Escape clears the selection. */
export function useSelectionKeys({ selectAll, clear }: SelectionControl, total: number): void {
  useShortcuts([...shown, { keys: "Escape", label: "Clear selection", run: clear }]);
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.defaultPrevented || document.querySelector('[role="dialog"],[role="menu"]')) return;
      const isTyping = event.target instanceof HTMLElement && event.target.closest("input:not([type=checkbox]),textarea,select");
      if (isTyping) return;
      if (event.key !== "a" || !(event.ctrlKey || event.metaKey) || event.shiftKey || total === 0) return;
      event.preventDefault();
      selectAll();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [selectAll, total]);
}
