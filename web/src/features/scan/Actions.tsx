import type { ReactNode } from "react";

import classes from "@/features/scan/Actions.module.css";

interface ActionsProps {
  /** What leads elsewhere, apart from the rest. */
  aside?: ReactNode;
  children: ReactNode;
}

/** The buttons at the end of the dialog; on a phone as wide as it is. */
export function Actions({ aside, children }: ActionsProps) {
  return (
    <div className={classes["actions"]}>
      {aside && <div className={classes["aside"]}>{aside}</div>}
      {children}
    </div>
  );
}
