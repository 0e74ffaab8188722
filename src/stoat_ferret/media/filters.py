"""libav filters on single frames, and the orientation of pictures."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from av.filter import Graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av import VideoFrame
    from av.filter.context import FilterContext


def filtered(
    frame: VideoFrame, filters: Sequence[tuple[str, str]], *others: VideoFrame
) -> VideoFrame:
    """Return the result of a chain of `filters`, given as names and options, on `frame`.

    The `others` are further inputs of the first filter.
    """
    graph = Graph()
    graph.threads = 1
    nodes = [graph.add(name, options or None) for name, options in filters]
    frames = (frame, *others)
    sources = [_source(graph, one) for one in frames]
    for number, source in enumerate(sources):
        source.link_to(nodes[0], 0, number)
    sink = graph.add("buffersink")
    for node, following in zip(nodes, [*nodes[1:], sink], strict=True):
        node.link_to(following)
    graph.configure()
    for source, one in zip(sources, frames, strict=True):
        one.pts = 0
        source.push(one)
        source.push(None)
    return cast("VideoFrame", sink.pull())


def _source(graph: Graph, frame: VideoFrame) -> FilterContext:
    return graph.add(
        "buffer",
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/25"
        f":colorspace={frame.colorspace}:range={frame.color_range}",
    )


_MATRIX = struct.Struct("=9i")


@dataclass(frozen=True, slots=True)
class Orientation:
    """The steps that display a picture upright: first transpose, then mirror or flip."""

    is_transposed: bool = False
    is_mirrored: bool = False
    is_flipped: bool = False

    @property
    def filters(self) -> list[tuple[str, str]]:
        """The FFmpeg filters for these steps, with their options; empty if it is stored upright."""
        chosen = (
            (self.is_transposed, ("transpose", "cclock_flip")),
            (self.is_mirrored, ("hflip", "")),
            (self.is_flipped, ("vflip", "")),
        )
        return [filter_ for is_needed, filter_ in chosen if is_needed]


UPRIGHT = Orientation()


def orientation(matrix: bytes) -> Orientation:
    """Return the orientation for a display matrix of libav: nine integers in row-major order.

    Points are row vectors. Other angles are rounded to the nearest quarter turn.
    """
    if len(matrix) != _MATRIX.size:
        return UPRIGHT
    a, b, _, c, d, *_ = _MATRIX.unpack(matrix)
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(is_mirrored=a < 0, is_flipped=d < 0)
    return Orientation(is_transposed=True, is_mirrored=c < 0, is_flipped=b < 0)
