import { useNavigate } from "@tanstack/react-router";
import type { MouseEvent } from "react";

import { rememberPlace } from "@/features/library/lastPlace";

interface ListClicksOptions {
  /** While videos are selected, a click selects more. */
  isSelecting: boolean;
  onPick: (index: number, isRange: boolean) => void;
  onActive: (index: number) => void;
}

/** Returns the click handler for all links and checkboxes of a list. */
export function useListClicks({ isSelecting, onPick, onActive }: ListClicksOptions) {
  const navigate = useNavigate();
  return function onClick(event: MouseEvent<HTMLElement>) {
    if (!(event.target instanceof Element)) return;
    const index = Number(event.target.closest("[data-index]")?.getAttribute("data-index") ?? NaN);
    if (Number.isNaN(index)) return;
    if (event.target.closest("[data-pick]")) {
      // A click on the label is followed by one on its checkbox.
      if (event.target instanceof HTMLInputElement) onPick(index, event.shiftKey);
      onActive(index);
      return;
    }
    const link = event.target.closest("a");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const isByKey = event.detail === 0;
    event.preventDefault();
    onActive(index);
    if (event.shiftKey || (isSelecting && !isByKey)) {
      onPick(index, event.shiftKey);
      return;
    }
    rememberPlace(index, link.pathname.split("/").at(-1) ?? "");
    void navigate({ to: link.pathname });
  };
}
