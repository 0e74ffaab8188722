"""Thumbnails of a folder of videos in one picture, for people to look at.

python -m benchmarks.look_at_thumbnails FOLDER PICTURE.png

Prints the name of each, row by row, with the milliseconds that it took after the probe.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
from av.codec import CodecContext
from av.filter import Graph

from stoat_ferret.errors import MediaError
from stoat_ferret.media.frames import COLUMNS, TILES, sheet_of
from stoat_ferret.media.libav import probe_and_picture
from stoat_ferret.media.picture_files import PictureFiles

SIDE = 180


def thumbnail(path: Path, folder: str) -> tuple[av.VideoFrame | None, float]:
    """Return the thumbnail of a file in a square, and the milliseconds; None if it has none."""
    steps = probe_and_picture(os.fsencode(path), folder)
    _, fingerprint = next(steps)
    start = time.perf_counter()
    try:
        next(steps)
    except StopIteration as end:
        milliseconds = 1000 * (time.perf_counter() - start)
        if end.value[0] <= 0:
            return None, milliseconds
    with av.open(PictureFiles(folder).thumbnail(fingerprint, 320)) as container:
        return square(next(container.decode(video=0))), milliseconds


def square(frame: av.VideoFrame) -> av.VideoFrame:
    """Return the picture on a gray square."""
    scale = f"{SIDE}:{SIDE}:force_original_aspect_ratio=decrease"
    graph = Graph()
    nodes = [
        graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25)
        ),
        graph.add("scale", scale),
        graph.add("pad", f"{SIDE}:{SIDE}:(ow-iw)/2:(oh-ih)/2:gray"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    frame.time_base = Fraction(1, 25)
    graph.vpush(frame)
    return graph.vpull()


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    tiles: list[av.VideoFrame] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(arguments.folder.iterdir()):
            try:
                tile, milliseconds = thumbnail(path, folder)
            except MediaError as error:
                print(f"         {path.name}: {error.reason}")
                continue
            if tile is None:
                print(f"  none   {path.name}")
                continue
            print(f"{len(tiles) // COLUMNS},{len(tiles) % COLUMNS} {milliseconds:6.1f} {path.name}")
            tiles.append(tile)
    sheet = sheet_of(tiles[:TILES]).reformat(format="rgb24")
    encoder = CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = sheet.width, sheet.height, "rgb24"
    encoder.time_base = Fraction(1, 25)
    packets = [*encoder.encode(sheet), *encoder.encode(None)]
    arguments.picture.write_bytes(b"".join(bytes(packet) for packet in packets))


if __name__ == "__main__":
    main()
