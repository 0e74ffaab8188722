import type { ReactNode } from "react";

import classes from "@/features/render/clips/ClipMore.module.css";

interface FieldGroupProps {
  name: string;
  /** What it is called where several of them stand on the page. */
  label: string;
  children: ReactNode;
}

/** Fields that belong together, with their name beside them. */
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
