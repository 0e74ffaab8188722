import { useEffect, type RefObject } from "react";

import { placeToReturnTo } from "@/features/library/lastPlace";
import type { ListProps } from "@/features/library/listProps";
import { useAnchor } from "@/features/library/rows/useAnchor";
import { useVirtualRows } from "@/features/library/rows/useVirtualRows";
import { useListClicks } from "@/features/library/useListClicks";
import { useListKeys } from "@/features/library/useListKeys";

interface ListRowsOptions extends ListProps {
  element: RefObject<HTMLElement | null>;
  /** The number of videos in a row. */
  columns: number;
  rowHeight: number;
  /** The distance of the first row from the top of the document in pixels. */
  top: number;
}

/** The rows of the grid or the table: which are rendered and loaded, and what keys and clicks do. */
export function useListRows({
  element,
  list,
  total,
  selection,
  onPick: pick,
  columns,
  rowHeight,
  top,
}: ListRowsOptions) {
  const rows = useVirtualRows({ rows: Math.ceil(total / columns), rowHeight, top });
  const onPick = (index: number, isRange: boolean) => pick(index, isRange, shown.at(index));
  const keys = useListKeys({
    list: element,
    count: total,
    columns,
    reveal: (index) => rows.reveal(Math.floor(index / columns)),
    onPick,
    initial: placeToReturnTo(),
  });
  const onClick = useListClicks({ isSelecting: !selection.isEmpty, onPick, onActive: keys.setActive });
  const { first, last } = rows;
  const { focused } = keys;
  const { look } = list;
  const { shown, wanted } = useAnchor({ list, rows, columns, focused, onMove: keys.move });
  useEffect(
    () => look(first * columns, last * columns + columns - 1, [focused, wanted].filter((one) => one !== null)),
    [look, first, last, columns, focused, wanted],
  );
  return {
    items: rows.items(focused === null ? null : Math.floor(focused / columns)),
    /** Returns the video to show at an index, if it is loaded. */
    at: shown.at,
    height: rows.height,
    /** The indexes of the first and the last item in sight. */
    seen: [rows.top * columns, rows.bottom * columns + columns - 1] as const,
    /** Scrolls so that the row of an index comes first. */
    jump: (index: number) => rows.show(Math.floor(index / columns)),
    /** The index that the Tab key focuses. */
    active: keys.active,
    handlers: { ...keys.handlers, onClick },
  };
}
