import type { ReactNode } from "react";

import classes from "@/features/scan/Actions.module.css";

interface ActionsProps {
  /** A link at the side of the buttons. */
  aside?: ReactNode;
  children: ReactNode;
}

/** The buttons at the end of the dialog; as wide as the dialog on a phone. */
export function Actions({ aside, children }: ActionsProps) {
  return (
    <div className={classes["actions"]}>
      {aside && <div className={classes["aside"]}>{aside}</div>}
      {children}
    </div>
  );
}
