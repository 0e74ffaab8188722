import { IconBan } from "@tabler/icons-react";
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
  /** The values that videos must not have, if that can be asked for; listed although none has them. */
  excluded?: readonly string[];
  onExclude?: (value: string) => void;
}

const FEW = 6;

/** Values to filter by, each with its number of matching videos. */
export function FacetList({ title, choices: found, chosen, onToggle, excluded = [], onExclude }: FacetListProps) {
  const [all, setAll] = useState(false);
  const choices = [
    ...excluded.map((value) => ({ value, label: value, count: null })),
    ...found.filter(({ value }) => !excluded.includes(value)),
  ];
  if (choices.length === 0) return null;
  const shown = all ? choices : choices.slice(0, FEW);
  return (
    <section className={classes["facet"]} aria-label={title}>
      <h2 className={classes["title"]}>{title}</h2>
      {shown.map(({ value, label, count }) => (
        <div key={value} className={classes["row"]}>
          <button
            type="button"
            className={classes["choice"]}
            aria-pressed={chosen.includes(value)}
            data-excluded={excluded.includes(value) || undefined}
            onClick={() => onToggle(value)}
          >
            <span className={classes["label"]} title={label}>
              {label}
            </span>
            {count !== null && <span className={classes["count"]}>{formatCount(count)}</span>}
          </button>
          {onExclude && (
            <button
              type="button"
              className={classes["exclude"]}
              aria-label={`Exclude ${label}`}
              title={`Exclude ${label}`}
              aria-pressed={excluded.includes(value)}
              onClick={() => onExclude(value)}
            >
              <IconBan size={14} aria-hidden />
            </button>
          )}
        </div>
      ))}
      {choices.length > FEW && (
        <button type="button" className={classes["more"]} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${choices.length}`}
        </button>
      )}
    </section>
  );
}
