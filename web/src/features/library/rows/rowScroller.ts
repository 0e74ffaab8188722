import { keysOf } from "@/lib/keysOf";
import { between, type ScrollScale } from "@/features/library/rows/scrollScale";

/** Steps up to this many viewports move the list exactly; longer ones follow the scroll bar. */
const STEP_VIEWPORTS = 2;
/** This close to its ends, in viewports, the scroll bar must agree with the list. */
const END_VIEWPORTS = 3;
/** The number of rows that are rendered beyond the window, on either side. */
const OVERSCAN = 3;
/** The header, and the tabs on phones, cover the edges. */
const COVERED_PIXELS = 112;

/** A scrolling window: the browser's, or that of a test. */
export interface ScrollWindow {
  readonly scrollY: number;
  readonly innerHeight: number;
  scrollTo: (options: { top: number }) => void;
}

/** Rows of equal height in a scrolling window. */
export interface RowGeometry {
  rows: number;
  /** In pixels. */
  rowHeight: number;
  /** The distance of the first row from the top of the document in pixels. */
  top: number;
  scale: ScrollScale;
}

/** The rows in and around the window. */
export interface RowView {
  readonly first: number;
  readonly last: number;
  /** The first and the last row in sight. */
  readonly top: number;
  readonly bottom: number;
  /** The distance between the places of a row in the list and in the element in pixels. */
  readonly shift: number;
}

/**
 * Scrolls a list that may be taller than the element that stands for it.
 *
 * While people scroll step by step, the shift between scroll bar and list stays the same: each step
 * is exact, and the scroll bar drifts away from where it belongs. It is moved there when scrolling
 * rests, and the shift with it, so that nothing is seen to move.
 */
export class RowScroller {
  private scroll: number;
  private shift: number;
  private isResting = true;
  private shown: RowView = { first: 0, last: 0, top: 0, bottom: 0, shift: 0 };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly window: ScrollWindow,
    private geometry: RowGeometry,
  ) {
    this.scroll = this.readScroll();
    this.shift = Math.round(geometry.scale.shiftAt(this.scroll));
    this.update();
  }

  /** Calls `listener` whenever the view has changed; returns a function that stops that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Returns the view, which is the same object until it changes. */
  readonly view = (): RowView => this.shown;

  /** The distance from the first row to the upper edge of the window in pixels. */
  get position(): number {
    return this.scroll + this.shift;
  }

  /** The first row that nothing covers. */
  get topRow(): number {
    const { rows, rowHeight } = this.geometry;
    return between(0, Math.floor((this.position + COVERED_PIXELS) / rowHeight), rows - 1);
  }

  /** Adopts the rows, which are in the document already; those that are seen stay in place. */
  setGeometry(geometry: RowGeometry): void {
    const before = this.geometry;
    this.geometry = geometry;
    this.scroll = this.readScroll();
    const { position } = this;
    if (before.rowHeight !== geometry.rowHeight && position > 0) {
      // The columns have changed too: the same part of the list is before the window.
      const part = position / (before.rows * before.rowHeight);
      this.moveTo(part * geometry.rows * geometry.rowHeight);
    } else if (this.isResting || this.shift > geometry.scale.excess) {
      this.settle();
    }
    this.update();
  }

  /** Follows the scroll bar, after it was moved. */
  follow(): void {
    const { scale } = this.geometry;
    const viewport = this.window.innerHeight;
    const scroll = this.readScroll();
    const step = Math.abs(scroll - this.scroll);
    this.scroll = scroll;
    if (step > 0) this.isResting = false;
    if (step > STEP_VIEWPORTS * viewport) this.shift = Math.round(scale.shiftAt(scroll));
    const end = END_VIEWPORTS * viewport;
    if (scroll < end || scroll + viewport > scale.height - end) this.settle();
    this.update();
  }

  /** Notes that scrolling rests, or that the place of the scroll bar is needed. */
  rest(): void {
    this.follow();
    this.isResting = true;
    this.settle();
  }

  /** Scrolls to a position in the list. */
  moveTo(position: number): void {
    const { scale, top } = this.geometry;
    this.window.scrollTo({ top: Math.round(scale.scrollAt(position)) + top });
    this.scroll = this.readScroll();
    // Beyond the ends, the window does not go.
    this.shift = between(0, Math.round(position - this.scroll), scale.excess);
    this.update();
  }

  /** Scrolls by as little as shows a row. */
  reveal(row: number): void {
    const { rowHeight } = this.geometry;
    const [start, end] = [row * rowHeight - COVERED_PIXELS, (row + 1) * rowHeight + COVERED_PIXELS];
    const viewport = this.window.innerHeight;
    if (end > this.position + viewport) this.moveTo(end - viewport);
    else if (start < this.position) this.moveTo(start);
  }

  /** Scrolls so that a row is the first that nothing covers. */
  show(row: number): void {
    this.moveTo(row * this.geometry.rowHeight - COVERED_PIXELS);
  }

  /** Moves the scroll bar to where it belongs; nothing is seen to move. */
  private settle(): void {
    const place = Math.round(this.geometry.scale.scrollAt(this.position));
    if (Math.abs(place - this.scroll) >= 1) this.moveTo(this.position);
  }

  private readScroll(): number {
    return this.window.scrollY - this.geometry.top;
  }

  private update(): void {
    const { rows, rowHeight } = this.geometry;
    const rowAt = (position: number) => Math.floor(position / rowHeight);
    const bottom = between(0, rowAt(this.position + this.window.innerHeight), rows - 1);
    const next: RowView = {
      first: between(0, rowAt(this.position) - OVERSCAN, rows - 1),
      last: between(0, bottom + OVERSCAN, rows - 1),
      top: this.topRow,
      bottom,
      shift: this.shift,
    };
    if (keysOf(next).every((name) => next[name] === this.shown[name])) return;
    this.shown = next;
    this.listeners.forEach((listener) => listener());
  }
}
