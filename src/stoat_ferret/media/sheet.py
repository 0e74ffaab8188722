"""Tiles put side by side into large pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from av import VideoFrame

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = 10
ROWS = 10
TILES = COLUMNS * ROWS


def sheet_of(tiles: Sequence[VideoFrame]) -> VideoFrame:
    """One picture of up to `TILES` drawn tiles of one size, row by row from the left."""
    width, height = tiles[0].width, tiles[0].height
    columns, rows = min(len(tiles), COLUMNS), -(-len(tiles) // COLUMNS)
    sheet = VideoFrame(columns * width, rows * height, "yuv420p")
    for number, plane in enumerate(sheet.planes):
        # Black: nothing in the brightness (the lowest there is), grey in the colours.
        pixels = bytearray(bytes([128 if number else 16]) * plane.buffer_size)
        wide, high = (width // 2, height // 2) if number else (width, height)
        for place, tile in enumerate(tiles):
            left, top = place % COLUMNS * wide, place // COLUMNS * high
            _paste(tile, number, pixels, top * plane.line_size + left, plane.line_size)
        plane.update(bytes(pixels))
    return sheet


def _paste(tile: VideoFrame, number: int, pixels: bytearray, start: int, line_size: int) -> None:
    plane = tile.planes[number]
    source = memoryview(plane)
    for row in range(plane.height):
        line = source[row * plane.line_size : row * plane.line_size + plane.width]
        pixels[start + row * line_size : start + row * line_size + plane.width] = line


def place_in_sheet(number: int, width: int, height: int) -> str:
    """Where a tile, counted from zero, lies in its sheet: a media fragment of the W3C."""
    column, row = number % COLUMNS, number % TILES // COLUMNS
    return f"xywh={column * width},{row * height},{width},{height}"
