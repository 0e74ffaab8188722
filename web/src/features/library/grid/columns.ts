/** The dimensions of the grid, in pixels. */
export interface Columns {
  count: number;
  rowHeight: number;
  gap: number;
}

/** The sizes of cards, the smallest first. */
export const CARD_SIZES = ["small", "medium", "large"] as const;

export type CardSize = (typeof CARD_SIZES)[number];

const NARROW = 600;
const TEXT_HEIGHT = 58;
/** The least width of a card in a narrow and in a wide grid. */
const LEAST: Readonly<Record<CardSize, readonly [narrow: number, wide: number]>> = {
  small: [100, 150],
  medium: [150, 210],
  large: [260, 320],
};

/** Returns how many cards of a size fit into `width`, and the height of a row. */
export function columnsOf(width: number, size: CardSize): Columns {
  const isNarrow = width < NARROW;
  const gap = isNarrow ? 10 : 16;
  const least = LEAST[size][isNarrow ? 0 : 1];
  const count = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const cardWidth = (width - gap * (count - 1)) / count;
  return { count, rowHeight: Math.round((cardWidth * 9) / 16 + TEXT_HEIGHT + gap), gap };
}
