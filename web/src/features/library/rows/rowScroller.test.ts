import { expect, it } from "vitest";

import { RowScroller, type RowGeometry, type ScrollWindow } from "@/features/library/rows/rowScroller";
import { createScrollScale } from "@/features/library/rows/scrollScale";

const VIEWPORT = 800;
const PADDING = 80;

/** A window that scrolls as far as its document is high. */
class TestWindow implements ScrollWindow {
  protected declare readonly nominal: true;
  scrollY = 0;
  innerHeight = VIEWPORT;
  documentHeight = 0;

  scrollTo({ top }: { top: number }): void {
    this.scrollY = Math.max(0, Math.min(top, this.documentHeight - this.innerHeight));
  }
}

/** Rows in a window, as a browser and a person move them. */
class Rows {
  readonly window = new TestWindow();
  readonly scroller: RowScroller;

  constructor(private geometry: Omit<RowGeometry, "scale">) {
    this.scroller = new RowScroller(this.window, this.layOut());
  }

  change(changes: Partial<Omit<RowGeometry, "scale">>): void {
    this.geometry = { ...this.geometry, ...changes };
    this.scroller.setGeometry(this.layOut());
  }

  private layOut(): RowGeometry {
    const { rows, rowHeight, top } = this.geometry;
    const scale = createScrollScale(rows * rowHeight);
    this.window.documentHeight = top + scale.height + PADDING;
    this.window.scrollTo({ top: this.window.scrollY });
    return { ...this.geometry, scale };
  }

  /** Moves the scroll bar to a place. */
  scrollTo(top: number): void {
    this.window.scrollTo({ top });
    this.scroller.follow();
  }

  scrollBy(pixels: number): void {
    this.scrollTo(this.window.scrollY + pixels);
  }

  rest(): void {
    this.scroller.rest();
  }

  get end(): number {
    return this.window.documentHeight - VIEWPORT;
  }

  /** The place of a row in the window. */
  placeOf(row: number): number {
    const { top, rowHeight } = this.geometry;
    return top + row * rowHeight - this.scroller.view().shift - this.window.scrollY;
  }
}

/** The same pseudorandom numbers below 1 in every run. */
function* chances(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

const lists = [
  { rows: 3, rowHeight: 44, top: 90 },
  { rows: 5_000, rowHeight: 44, top: 90 },
  { rows: 341_000, rowHeight: 44, top: 131 },
  { rows: 1_000_000, rowHeight: 44, top: 90 },
  { rows: 200_000, rowHeight: 205, top: 90 },
  { rows: 500_000, rowHeight: 171, top: 1200 },
  { rows: 10_000_000, rowHeight: 237, top: 90 },
];

it.each(lists)("reaches every row of $rows of $rowHeight pixels", (list) => {
  const rows = new Rows(list);
  const chance = chances(list.rows);
  const some = Array.from({ length: 300 }, () => Math.floor(chance.next().value * list.rows));
  for (const row of [0, 1, 2, ...some, list.rows - 2, list.rows - 1]) {
    rows.scroller.reveal(row);
    expect(rows.placeOf(row)).toBeGreaterThanOrEqual(0);
    expect(rows.placeOf(row) + list.rowHeight).toBeLessThanOrEqual(VIEWPORT);
    const { first, last } = rows.scroller.view();
    expect(first).toBeLessThanOrEqual(row);
    expect(last).toBeGreaterThanOrEqual(row);
  }
});

it.each(lists)("moves $rows rows of $rowHeight pixels down when the scroll bar is moved down", (list) => {
  const rows = new Rows(list);
  let before = -Infinity;
  for (let place = 0; place < 1000; place += 1) {
    rows.scrollTo(Math.round((rows.end * place) / 999));
    rows.rest();
    expect(rows.scroller.position).toBeGreaterThanOrEqual(before);
    before = rows.scroller.position;
  }
  if (rows.end > 0) expect(rows.placeOf(list.rows - 1) + list.rowHeight).toBe(VIEWPORT - PADDING);
  rows.scrollTo(0);
  expect(rows.placeOf(0)).toBe(list.top);
});

it.each(lists)("moves $rows rows of $rowHeight pixels exactly by each step", (list) => {
  const rows = new Rows(list);
  const chance = chances(list.rows + 1);
  const next = () => chance.next().value;
  for (let turn = 0; turn < 60; turn += 1) {
    rows.scrollTo(next() * rows.end);
    for (let step = 0; step < 40; step += 1) {
      const row = rows.scroller.view().first;
      const [place, position] = [rows.placeOf(row), rows.scroller.position];
      const pixels = Math.round((next() - 0.5) * 3000);
      rows.scrollBy(pixels);
      const moved = rows.scroller.position - position;
      expect(rows.placeOf(row)).toBeCloseTo(place - moved, 5);
      const isStopped = rows.window.scrollY === 0 || rows.window.scrollY >= rows.end;
      if (!isStopped) expect(moved).toBeCloseTo(pixels, 5);
      if (next() < 0.3) {
        const still = rows.placeOf(row);
        rows.rest();
        expect(Math.abs(rows.placeOf(row) - still)).toBeLessThanOrEqual(0.5);
      }
    }
  }
});

it("comes to the last row by steps without a rest", () => {
  const rows = new Rows({ rows: 1_000_000, rowHeight: 44, top: 90 });
  rows.scroller.reveal(945_000);
  rows.rest();
  let before = -1;
  while (rows.scroller.position !== before) {
    before = rows.scroller.position;
    rows.scrollBy(1500);
  }
  expect(rows.placeOf(999_999)).toBe(VIEWPORT - PADDING - 44);
});

it("comes back to the same rows when the place of the scroll bar is restored", () => {
  const rows = new Rows({ rows: 1_000_000, rowHeight: 44, top: 90 });
  rows.scrollTo(7_000_000);
  for (let step = 0; step < 500; step += 1) rows.scrollBy(1000);
  rows.rest();
  const { first } = rows.scroller.view();
  const again = new Rows({ rows: 1_000_000, rowHeight: 44, top: 90 });
  again.scrollTo(rows.window.scrollY);
  expect(Math.abs(again.scroller.view().first - first)).toBeLessThanOrEqual(1);
});

it("keeps the rows in place when rows are added, and when many are removed", () => {
  const rows = new Rows({ rows: 1_000_000, rowHeight: 44, top: 90 });
  rows.scrollTo(9_000_000);
  rows.rest();
  const row = rows.scroller.view().first;
  const place = rows.placeOf(row);
  rows.change({ rows: 1_100_000 });
  expect(rows.placeOf(row)).toBe(place);
  const again = new Rows({ rows: 1_100_000, rowHeight: 44, top: 90 });
  again.scrollTo(rows.window.scrollY);
  expect(Math.abs(again.placeOf(row) - place)).toBeLessThan(4);
  rows.scrollBy(100);
  rows.change({ rows: 1_000_500 });
  expect(rows.placeOf(row)).toBe(place - 100);
  rows.rest();
  expect(rows.placeOf(row)).toBe(place - 100);
  rows.scrollBy(100);
  rows.change({ rows: 400_000 });
  expect(rows.placeOf(399_999)).toBe(VIEWPORT - PADDING - 44);
  rows.change({ rows: 10_000 });
  expect(rows.placeOf(9_999)).toBe(VIEWPORT - PADDING - 44);
  expect(rows.scroller.view().shift).toBe(0);
});

it("shows the same part of the list when the rows change their height", () => {
  const rows = new Rows({ rows: 250_000, rowHeight: 220, top: 90 });
  rows.scroller.moveTo(125_000 * 220);
  rows.change({ rows: 500_000, rowHeight: 180 });
  expect(rows.scroller.view().first).toBe(250_000 - 3);
});
