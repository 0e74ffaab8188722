"""One picture through filters of libav."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from av.filter import Graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av import VideoFrame
    from av.filter.context import FilterContext


def filtered(
    frame: VideoFrame, filters: Sequence[tuple[str, str]], *others: VideoFrame
) -> VideoFrame:
    """What the chain of `filters`, names and options, makes of `frame`.

    The first filter gets `others` too.
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
