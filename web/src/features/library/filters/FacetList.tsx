import { useState } from "react";

import { formatCount } from "@/lib/format";

import classes from "@/features/library/filters/FacetList.module.css";

export interface FacetChoice {
  value: string;
  label: string;
  /** The number of matching videos; null if not counted. */
  count: number | null;
}

interface FacetListProps {
  title: string;
  choices: readonly FacetChoice[];
  chosen: readonly string[];
  onToggle: (value: string) => void;
}

const FEW = 6;

/** Values to filter by, each with its number of matching videos. */
export function FacetList({ title, choices, chosen, onToggle }: FacetListProps) {
  const [all, setAll] = useState(false);
  if (choices.length === 0) return null;
  const shown = all ? choices : choices.slice(0, FEW);
  return (
    <section className={classes["facet"]} aria-label={title}>
      <h2 className={classes["title"]}>{title}</h2>
      {shown.map(({ value, label, count }) => (
        <button
          key={value}
          type="button"
          className={classes["choice"]}
          aria-pressed={chosen.includes(value)}
          onClick={() => onToggle(value)}
        >
          <span className={classes["label"]} title={label}>
            {label}
          </span>
          {count !== null && <span className={classes["count"]}>{formatCount(count)}</span>}
        </button>
      ))}
      {choices.length > FEW && (
        <button type="button" className={classes["more"]} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${choices.length}`}
        </button>
      )}
    </section>
  );
}
