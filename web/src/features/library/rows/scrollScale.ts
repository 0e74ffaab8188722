/** Browsers support heights of up to 17 to 33 million pixels. */
const MAX_HEIGHT = 15_000_000;
/** The part of the height, at either end, where the scroll bar moves the list pixel by pixel. */
const EDGE = 1 / 16;

/**
 * Maps the scroll bar to a list that may be taller than a browser allows.
 *
 * `scroll` is a place in the element that stands for the list, `position` one in the list itself,
 * both in pixels from the first row. Position minus scroll is the shift.
 */
export interface ScrollScale {
  /** The height of the element. */
  height: number;
  /** The height of the list minus that of the element: the shift at the end. */
  excess: number;
  /** Returns the shift at a place of the scroll bar; 0 if the list fits. */
  shiftAt: (scroll: number) => number;
  /** Returns the place of the scroll bar for a position in the list. */
  scrollAt: (position: number) => number;
}

/** Returns the scale of a list of `fullHeight` pixels. */
export function createScrollScale(fullHeight: number, maxHeight = MAX_HEIGHT): ScrollScale {
  const height = Math.min(fullHeight, maxHeight);
  const excess = fullHeight - height;
  const edge = height * EDGE;
  const middle = height - 2 * edge;
  return {
    height,
    excess,
    shiftAt: (scroll) => (excess > 0 ? between(0, (excess * (scroll - edge)) / middle, excess) : 0),
    scrollAt: (position) => {
      if (position <= edge) return position;
      if (position >= fullHeight - edge) return position - excess;
      return edge + ((position - edge) * middle) / (middle + excess);
    },
  };
}

/** Returns `value`, or the bound that it is beyond. */
export function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
