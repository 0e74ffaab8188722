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

/** Those are handled where the focus is; here they are only told. */
function nothing(): void {
  return;
}

/** Ctrl A selects all that the list has, those that are not loaded too; Escape none. */
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
