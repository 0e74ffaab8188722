import { useRef } from "react";

import type { SortKey, SortOrder } from "@/api/types";
import type { ListProps } from "@/features/library/listProps";
import { useListRows } from "@/features/library/rows/useListRows";
import { ColumnHeader } from "@/features/library/table/ColumnHeader";
import { columns } from "@/features/library/table/columns";
import { VideoRow } from "@/features/library/table/VideoRow";
import { useWidth } from "@/features/library/useWidth";

import classes from "@/features/library/table/VideoTable.module.css";

const ROW_HEIGHT = 44;

interface VideoTableProps extends ListProps {
  sort: SortKey;
  order: SortOrder;
  onSort: (sort: SortKey) => void;
  /** Whether the list is of unreadable or missing files, whose reasons need the space. */
  isOfTrouble: boolean;
}

/** The videos as rows, of which only visible ones are rendered. */
export function VideoTable({ sort, order, onSort, isOfTrouble, ...props }: VideoTableProps) {
  const element = useRef<HTMLDivElement>(null);
  const { top } = useWidth(element);
  const { list, total, selection } = props;
  const rows = useListRows({ ...props, element, columns: 1, rowHeight: ROW_HEIGHT, top });

  return (
    <div
      role="grid"
      tabIndex={-1}
      aria-label="Videos"
      aria-multiselectable
      aria-rowcount={total + 1}
      aria-busy={list.isOld}
      className={classes["table"]}
      data-trouble={isOfTrouble || undefined}
      {...rows.handlers}
    >
      <div role="row" aria-rowindex={1} className={classes["head"]}>
        <span role="columnheader">
          <span className={classes["hidden"]}>Selected</span>
        </span>
        {columns.map((column) => (
          <ColumnHeader
            key={column.label}
            column={column}
            direction={column.sort === sort ? order : null}
            onSort={onSort}
          />
        ))}
      </div>
      <div ref={element} role="rowgroup" className={classes["body"]} style={{ height: rows.height }}>
        {rows.items.map(({ row: index, y }) => {
          const video = rows.at(index);
          return (
            <VideoRow
              key={video?.id ?? index}
              index={index}
              video={video}
              y={y}
              isSelected={video !== undefined && selection.has(video.id)}
              isStop={index === rows.active}
            />
          );
        })}
      </div>
    </div>
  );
}
