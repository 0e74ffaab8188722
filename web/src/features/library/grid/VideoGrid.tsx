import { useCallback, useRef } from "react";

import type { ListProps } from "@/features/library/listProps";
import { columnsOf } from "@/features/library/grid/columns";
import { VideoCard } from "@/features/library/grid/VideoCard";
import { ListEnd } from "@/features/library/ListEnd";
import { placeToReturnTo } from "@/features/library/lastPlace";
import { useListClicks } from "@/features/library/useListClicks";
import { useListKeys } from "@/features/library/useListKeys";
import { useVirtualRows } from "@/features/library/useVirtualRows";
import { useWidth } from "@/features/library/useWidth";

import classes from "@/features/library/LibraryPage.module.css";

/** The videos as cards, of which only visible ones are rendered. */
export function VideoGrid({ list, total, selection, onPick }: ListProps) {
  const element = useRef<HTMLDivElement>(null);
  const { width, top } = useWidth(element);
  const { count, rowHeight, gap } = columnsOf(width);
  const { look } = list;
  const onSeen = useCallback(
    (first: number, last: number) => look(first * count, last * count + count - 1),
    [look, count],
  );
  const rows = useVirtualRows({ rows: Math.ceil(total / count), rowHeight, top, onSeen });
  const shown = Math.min(total, rows.shown * count);
  const keys = useListKeys({
    list: element,
    count: shown,
    columns: count,
    reveal: (index) => rows.reveal(Math.floor(index / count)),
    onPick,
    initial: placeToReturnTo(),
  });
  const onClick = useListClicks({ isSelecting: !selection.isEmpty, onPick, onActive: keys.setActive });

  return (
    <>
      <div
        ref={element}
        role="grid"
        tabIndex={-1}
        aria-label="Videos"
        aria-multiselectable
        aria-rowcount={Math.ceil(total / count)}
        aria-colcount={count}
        aria-busy={list.isOld}
        className={classes["grid"]}
        data-selecting={selection.isEmpty ? undefined : true}
        style={{ height: rows.height }}
        onClick={onClick}
        onKeyDown={keys.onKeyDown}
      >
        {rows.items.map((row) => (
          <div
            key={row.key}
            role="row"
            aria-rowindex={row.index + 1}
            className={classes["gridRow"]}
            style={{
              gridTemplateColumns: `repeat(${count}, minmax(0, 1fr))`,
              columnGap: gap,
              transform: `translateY(${row.start - top}px)`,
            }}
          >
            {placesOf(row.index, count, shown).map((index) => {
              const video = list.at(index);
              return (
                <VideoCard
                  key={video?.id ?? index}
                  index={index}
                  video={video}
                  width={width / count}
                  isSelected={video !== undefined && selection.has(video.id)}
                  isStop={index === keys.active}
                />
              );
            })}
          </div>
        ))}
      </div>
      <ListEnd shown={shown} total={total} />
    </>
  );
}

function placesOf(row: number, columns: number, total: number): number[] {
  const first = row * columns;
  return Array.from({ length: Math.min(columns, total - first) }, (_, column) => first + column);
}
