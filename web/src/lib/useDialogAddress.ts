import { useRouter, useRouterState, type RegisteredRouter } from "@tanstack/react-router";
import { useCallback } from "react";

/** `path` is the folder that is chosen at first. */
export type OpenDialog =
  | { name: "scan"; path: string | null }
  | { name: "shortcuts" }
  | { name: "tags" }
  | { name: "rate" }
  | { name: "favourite" }
  | { name: "render" }
  | { name: "collection" }
  | { name: "forget" };

declare module "@tanstack/react-router" {
  interface HistoryState {
    dialog?: OpenDialog;
  }
}

/** A browser that does not go back within this time has nothing to go back to. */
const BACK_MILLISECONDS = 1000;

/** Resolves when the browser has gone back from a dialog; null if none is being closed. */
let closing: Promise<void> | null = null;

/** Removes the dialog from the address: a page that is reloaded starts without one. */
export function forgetDialog(): void {
  const state = window.history.state as Record<string, unknown> | null;
  if (state?.["dialog"]) window.history.replaceState({ ...state, dialog: undefined }, "");
}

/**
 * Returns which dialog is open, stored in the history of the browser so that going back closes it.
 *
 * Closing it and navigating at the same time leaves it behind in the history, like any page.
 */
export function useDialogAddress() {
  const router = useRouter();
  const dialog = useRouterState({ select: ({ location }) => location.state.dialog }) ?? null;

  const open = useCallback(
    (next: OpenDialog) => {
      // While the browser goes back, it would go back over what is opened now.
      if (closing) void closing.then(() => show(router, next));
      else show(router, next);
    },
    [router],
  );
  const close = useCallback(() => {
    closing ??= goBack(router).finally(() => {
      closing = null;
    });
  }, [router]);
  return { dialog, open, close };
}

function show(router: RegisteredRouter, next: OpenDialog): void {
  const { href, state } = router.history.location;
  void router.navigate({
    href,
    state: { ...state, dialog: next },
    replace: state.dialog !== undefined,
    resetScroll: false,
  });
}

/** Goes back from a dialog; whatever the history does next, the wait ends. */
async function goBack(router: RegisteredRouter): Promise<void> {
  // In a later task, because the browser goes back later too, over what was navigated to meanwhile.
  await new Promise((resolve) => setTimeout(resolve));
  if (!router.history.location.state.dialog) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, BACK_MILLISECONDS);
    const unsubscribe = router.history.subscribe(done);
    function done() {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    }
    router.history.back();
  });
}
