import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";

import type { Order, Sort } from "@/features/library/librarySearch";
import type { Column } from "@/features/library/table/columns";

import classes from "@/features/library/table/VideoTable.module.css";

interface ColumnHeaderProps {
  column: Column;
  /** Which way the table is sorted by this column; null: by another. */
  direction: Order | null;
  onSort: (sort: Sort) => void;
}

const words = { asc: "ascending", desc: "descending" } as const;

export function ColumnHeader({ column, direction, onSort }: ColumnHeaderProps) {
  const { sort, label } = column;
  const Icon = direction === "asc" ? IconArrowUp : IconArrowDown;
  return (
    <span
      role="columnheader"
      aria-sort={direction ? words[direction] : undefined}
      className={classes["cell"]}
      data-number={column.isNumber}
      data-from={column.from}
      data-usable={column.ofUsable}
    >
      {sort ? (
        <button type="button" className={classes["sort"]} onClick={() => onSort(sort)}>
          {label}
          {direction && <Icon size={14} aria-hidden />}
        </button>
      ) : (
        label
      )}
    </span>
  );
}
