import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";

import type { SortKey, SortOrder } from "@/api/types";
import type { Column } from "@/features/library/table/columns";

import classes from "@/features/library/table/VideoTable.module.css";

interface ColumnHeaderProps {
  column: Column;
  /** The order if the table is sorted by this column, else null. */
  direction: SortOrder | null;
  onSort: (sort: SortKey) => void;
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
