import { createContext, useContext } from "react";

/** What opens the dialogs that belong to no one page; given by the app. */
export interface Dialogs {
  /** The scan dialog; with a folder already chosen where `path` (absolute) is given. */
  openScan: (path?: string) => void;
  /** The sheet of keyboard shortcuts. */
  openShortcuts: () => void;
}

export const DialogsContext = createContext<Dialogs | null>(null);

export function useDialogs(): Dialogs {
  const dialogs = useContext(DialogsContext);
  if (!dialogs) throw new Error("useDialogs needs a DialogsContext above it");
  return dialogs;
}
