/** A tile of a storyboard: its sheet, its position there, and its start time. */
export interface Tile {
  startSeconds: number;
  sheetUrl: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const CUE = /^(?:(\d+):)?(\d+):(\d+)\.(\d+)\s+-->.*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/gm;

/** Parses the tiles in the WebVTT `text` of `address`, ordered by time. */
export function parseStoryboard(text: string, address: string): Tile[] {
  return [...text.matchAll(CUE)].map((cue) => {
    const [hours, minutes, seconds, thousandths] = [cue[1] ?? 0, cue[2], cue[3], cue[4]].map(Number);
    const [x = 0, y = 0, width = 0, height = 0] = cue.slice(6, 10).map(Number);
    return {
      startSeconds: (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0) + (thousandths ?? 0) / 1000,
      sheetUrl: new URL(cue[5] ?? "", new URL(address, window.location.origin)).href,
      x,
      y,
      width,
      height,
    };
  });
}

/** Returns the tile at a `fraction` (0 to 1) of the width. */
export function tileAt(tiles: readonly Tile[], fraction: number): Tile | undefined {
  const place = Math.floor(Math.min(Math.max(fraction, 0), 0.9999) * tiles.length);
  return tiles[place];
}
