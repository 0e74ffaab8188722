import { useId, type ReactNode } from "react";

import classes from "@/features/video/info/Facts.module.css";

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Longer values get the full width, and scroll. */
const LONG_CHARACTERS = 200;

/** Names and values in as many columns as fit. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(({ name, value }) =>
        typeof value === "string" && value.length > LONG_CHARACTERS ? (
          <LongFact key={name} name={name} value={value} />
        ) : (
          <div key={name} className={classes["fact"]}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function LongFact({ name, value }: { name: string; value: string }) {
  const id = useId();
  return (
    <div className={`${classes["fact"] ?? ""} ${classes["wide"] ?? ""}`}>
      <dt id={id}>{name}</dt>
      <dd>
        {/* It scrolls, so it must be reachable by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className={classes["frame"]} role="region" aria-labelledby={id} tabIndex={0}>
          {value}
        </div>
      </dd>
    </div>
  );
}
