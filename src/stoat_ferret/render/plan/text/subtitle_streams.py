"""The subtitle streams of videos: their codecs, and the one that a request names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.media.media_info import SubtitleStream
    from stoat_ferret.render.plan.assembly import Segment
    from stoat_ferret.render.request.request import RenderRequest


TEXT_CODECS = frozenset(
    "ass ssa subrip srt mov_text webvtt text eia_608 microdvd sami subviewer".split()
)
"""The text codecs that FFmpeg can decode; not TTML, which it can only encode."""
PICTURE_CODECS = frozenset("hdmv_pgs_subtitle dvd_subtitle dvb_subtitle".split())
MATROSKA_SUBTITLES = PICTURE_CODECS | frozenset(
    "ass ssa subrip srt webvtt text arib_caption hdmv_text_subtitle".split()
)
"""The codecs that a Matroska file can contain unchanged."""


def conversion_arguments(streams: Sequence[SubtitleStream]) -> list[str]:
    """Return arguments that convert the streams that Matroska does not hold, which are all text."""
    foreign = [number for number, one in enumerate(streams) if one.codec not in MATROSKA_SUBTITLES]
    return [word for number in foreign for word in (f"-c:s:{number}", "srt")]


def selected_stream(request: RenderRequest, segment: Segment) -> SubtitleStream | None:
    """Return the stream that the request names, or the first; None if the clip has none."""
    piece, part = segment.piece, segment.excerpt
    if part is None:
        return None
    streams = part.source.info.subtitles
    number = request.options.subtitle_stream
    if number is not None and number >= len(streams):
        video_id = getattr(piece, "video_id", "")
        raise RenderRefusedError(
            f"Video {video_id} has {len(streams)} subtitle streams, so there is no subtitle stream "
            f"{number} (they are counted from 0).",
            field="options.subtitle_stream",
        )
    return streams[number or 0] if streams else None
