/** The dimensions of the grid, in pixels. */
export interface Columns {
  count: number;
  rowHeight: number;
  gap: number;
}

const NARROW = 600;
const TEXT_HEIGHT = 58;

/** Returns how many cards fit into `width`, and the height of a row. */
export function columnsOf(width: number): Columns {
  const isNarrow = width < NARROW;
  const gap = isNarrow ? 10 : 16;
  const least = isNarrow ? 150 : 210;
  const count = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const cardWidth = (width - gap * (count - 1)) / count;
  return { count, rowHeight: Math.round((cardWidth * 9) / 16 + TEXT_HEIGHT + gap), gap };
}
