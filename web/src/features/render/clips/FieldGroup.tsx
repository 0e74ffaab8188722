import type { ReactNode } from "react";

import classes from "@/features/render/clips/ClipMore.module.css";

interface FieldGroupProps {
  name: string;
  /** The accessible name, unique on the page. */
  label: string;
  children: ReactNode;
}

/** A labeled group of fields. */
export function FieldGroup({ name, label, children }: FieldGroupProps) {
  return (
    <div role="group" aria-label={label} className={classes["group"]}>
      <span className={classes["name"]} aria-hidden>
        {name}
      </span>
      <div className={classes["fields"]}>{children}</div>
    </div>
  );
}
