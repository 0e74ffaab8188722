import { lazy, Suspense, useRef } from "react";

import type { ListProps } from "@/features/library/listProps";
import { columnsOf, type CardSize } from "@/features/library/grid/columns";
import { VideoCard } from "@/features/library/grid/VideoCard";
import { useListRows } from "@/features/library/rows/useListRows";
import { useWidth } from "@/features/library/useWidth";

import classes from "@/features/library/LibraryPage.module.css";

const MonthScrubber = lazy(async () => ({
  default: (await import("@/features/library/months/MonthScrubber")).MonthScrubber,
}));

/** The videos as cards, of which only visible ones are rendered. */
export function VideoGrid({ size, ...props }: ListProps & { size: CardSize }) {
  const element = useRef<HTMLDivElement>(null);
  const { width, top } = useWidth(element);
  const { count, rowHeight, gap } = columnsOf(width, size);
  const { list, total, selection } = props;
  const rows = useListRows({ ...props, element, columns: count, rowHeight, top });

  const grid = (
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
      {...rows.handlers}
    >
      {rows.items.map(({ row, y }) => (
        <div
          key={rows.at(row * count)?.id ?? row}
          role="row"
          aria-rowindex={row + 1}
          className={classes["gridRow"]}
          style={{
            gridTemplateColumns: `repeat(${count}, minmax(0, 1fr))`,
            columnGap: gap,
            transform: `translateY(${y}px)`,
          }}
        >
          {placesOf(row, count, total).map((index) => {
            const video = rows.at(index);
            return (
              <VideoCard
                key={video?.id ?? index}
                index={index}
                video={video}
                width={width / count}
                isSelected={video !== undefined && selection.has(video.id)}
                isStop={index === rows.active}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
  if (list.query.sort !== "added" && list.query.sort !== "taken") return grid;
  return (
    <div className={classes["dated"]}>
      {grid}
      <Suspense>
        <MonthScrubber query={list.query} seen={rows.seen} onJump={rows.jump} />
      </Suspense>
    </div>
  );
}

function placesOf(row: number, columns: number, total: number): number[] {
  const first = row * columns;
  return Array.from({ length: Math.min(columns, total - first) }, (_, column) => first + column);
}
