import { useRef } from "react";

import type { SortKey, SortOrder } from "@/api/types";
import { ListEnd } from "@/features/library/ListEnd";
import { placeToReturnTo } from "@/features/library/lastPlace";
import type { ListProps } from "@/features/library/listProps";
import { ColumnHeader } from "@/features/library/table/ColumnHeader";
import { columns } from "@/features/library/table/columns";
import { VideoRow } from "@/features/library/table/VideoRow";
import { useListClicks } from "@/features/library/useListClicks";
import { useListKeys } from "@/features/library/useListKeys";
import { useVirtualRows } from "@/features/library/useVirtualRows";
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
export function VideoTable({ list, total, selection, onPick, sort, order, onSort, isOfTrouble }: VideoTableProps) {
  const element = useRef<HTMLDivElement>(null);
  const { top } = useWidth(element);
  const rows = useVirtualRows({ rows: total, rowHeight: ROW_HEIGHT, top, onSeen: list.look });
  const keys = useListKeys({
    list: element,
    count: rows.shown,
    columns: 1,
    reveal: rows.reveal,
    onPick,
    initial: placeToReturnTo(),
  });
  const onClick = useListClicks({ isSelecting: !selection.isEmpty, onPick, onActive: keys.setActive });

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
      onClick={onClick}
      onKeyDown={keys.onKeyDown}
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
        {rows.items.map((row) => {
          const video = list.at(row.index);
          return (
            <VideoRow
              key={video?.id ?? row.index}
              index={row.index}
              video={video}
              y={row.start - top}
              isSelected={video !== undefined && selection.has(video.id)}
              isStop={row.index === keys.active}
            />
          );
        })}
      </div>
      <ListEnd shown={rows.shown} total={total} />
    </div>
  );
}
