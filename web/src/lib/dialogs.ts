import { createContext, useContext } from "react";

/** Opens the dialogs that belong to no page; provided by the app. */
export interface Dialogs {
  /** Opens the scan dialog, with the folder `path` (absolute) selected if given. */
  openScan: (path?: string) => void;
  /** Opens the keyboard shortcuts. */
  openShortcuts: () => void;
}

export const DialogsContext = createContext<Dialogs | null>(null);

export function useDialogs(): Dialogs {
  const dialogs = useContext(DialogsContext);
  if (!dialogs) throw new Error("useDialogs needs a DialogsContext above it");
  return dialogs;
}
