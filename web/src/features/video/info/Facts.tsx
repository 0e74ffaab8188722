import type { ReactNode } from "react";

import classes from "@/features/video/info/Facts.module.css";

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Names and values, side by side in as many columns as there is room for. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(({ name, value }) => (
        <div key={name} className={classes["fact"]}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
