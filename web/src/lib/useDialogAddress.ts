import { useRouter, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";

/** `path` is the folder that is chosen at first. */
export type OpenDialog =
  | { name: "scan"; path: string | null }
  | { name: "shortcuts" }
  | { name: "tags" }
  | { name: "forget" };

declare module "@tanstack/react-router" {
  interface HistoryState {
    dialog?: OpenDialog;
  }
}

/** A page that is loaded anew begins without a dialog. */
export function forgetDialog(): void {
  const state = window.history.state as Record<string, unknown> | null;
  if (state?.["dialog"]) window.history.replaceState({ ...state, dialog: undefined }, "");
}

/**
 * Which dialog is open, kept in the history of the browser: to go back closes it.
 *
 * Whoever closes it and navigates in one go leaves it behind in the history, as any page.
 */
export function useDialogAddress() {
  const router = useRouter();
  const dialog = useRouterState({ select: ({ location }) => location.state.dialog }) ?? null;
  const isClosing = useRef(false);
  useEffect(() => {
    isClosing.current = false;
  }, [dialog]);

  const open = useCallback(
    (next: OpenDialog) => {
      const { href, state } = router.history.location;
      void router.navigate({
        href,
        state: { ...state, dialog: next },
        replace: state.dialog !== undefined,
        resetScroll: false,
      });
    },
    [router],
  );
  const close = useCallback(() => {
    if (isClosing.current) return;
    isClosing.current = true;
    // Later, since the browser goes back later too, over what was navigated to meanwhile.
    setTimeout(() => {
      if (router.history.location.state.dialog) router.history.back();
    });
  }, [router]);
  return { dialog, open, close };
}
