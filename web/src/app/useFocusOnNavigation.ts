import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

const HEADING_MILLISECONDS = 5000;

/**
 * Focuses the heading of a new page, so that screen readers announce it and the keyboard continues
 * there; not on the first page, and not if the page sets the focus itself.
 */
export function useFocusOnNavigation(): void {
  const router = useRouter();
  useEffect(() => {
    let stopWaiting: (() => void) | undefined;
    const unsubscribe = router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
      stopWaiting?.();
      if (fromLocation && pathChanged) stopWaiting = focusHeading();
    });
    return () => {
      unsubscribe();
      stopWaiting?.();
    };
  }, [router]);
}

/** Focuses the heading, or the page until it has one; returns a function that stops waiting. */
function focusHeading(): (() => void) | undefined {
  const page = document.getElementById("content");
  if (!page || isBusy(page)) return undefined;
  if (focus(page.querySelector("h1"))) return undefined;
  focus(page);
  const observer = new MutationObserver(() => {
    if (document.activeElement !== page || focus(page.querySelector("h1"))) stop();
  });
  const timer = setTimeout(stop, HEADING_MILLISECONDS);
  observer.observe(page, { childList: true, subtree: true });
  function stop() {
    clearTimeout(timer);
    observer.disconnect();
  }
  return stop;
}

/** Returns whether the page has set the focus, or a dialog has it. */
function isBusy(page: HTMLElement): boolean {
  const active = document.activeElement;
  return (
    (active !== null && active !== page && page.contains(active)) ||
    document.querySelector('[role="dialog"][aria-modal="true"]') !== null
  );
}

function focus(element: HTMLElement | null): boolean {
  if (!element) return false;
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  return true;
}
