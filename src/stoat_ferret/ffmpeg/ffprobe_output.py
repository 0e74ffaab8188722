"""The parser of ffprobe's output, which converts it to `MediaInfo`."""

from __future__ import annotations

import json
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stoat_ferret.media import stream_facts
from stoat_ferret.media.limits import MOST_CHAPTERS
from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.media.stream_facts import is_still

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Document = dict[str, Any]

_NUMERIC_PROFILES = frozenset({"4444"})
"""Names that look like a number: a profile of ProRes."""
_DYNAMIC_METADATA = "HDR Dynamic Metadata SMPTE2094-40"


def parse_ffprobe_output(output: str | bytes | Mapping[str, Any]) -> MediaInfo:
    """Return the `MediaInfo` for the JSON that ffprobe prints, as text or parsed.

    It needs the output of `-show_format -show_streams -show_chapters`. Frames in it
    (`-show_frames`, with their side data) distinguish HDR10+ from HDR10. Raises `ValueError` for
    other documents.
    """
    document = json.loads(output) if isinstance(output, str | bytes) else output
    with _reading():
        return MediaInfo.model_validate(_facts(document))


def needs_first_picture(document: Mapping[str, Any]) -> list[int]:
    """Return the indexes of the streams of which only a picture shows whether they are HDR10+.

    Raises `ValueError` if the document is not the output of ffprobe.
    """
    with _reading():
        return [
            int(stream["index"])
            for stream in document.get("streams", [])
            if stream.get("color_transfer") == stream_facts.PQ
            and not _disposition(stream, "attached_pic")
            and _side_data(stream, "DOVI configuration record") is None
        ]


def most_frames(document: Mapping[str, Any]) -> int:
    """Return the highest number of frames that a stream claims to have.

    Raises `ValueError` if the document is not the output of ffprobe.
    """
    with _reading():
        return max((int(s.get("nb_frames", 0)) for s in document.get("streams", [])), default=0)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"not the output of ffprobe: {error!r}") from error


def _facts(document: Mapping[str, Any]) -> Document:
    container = document["format"]
    streams = document.get("streams", [])
    dynamic = _streams_with_dynamic_metadata(document)
    duration = container.get("duration")
    return {
        "container": container["format_name"],
        "duration_seconds": None if duration is None else float(duration),
        "bit_rate": int(container.get("bit_rate", 0)) or None,
        "size_bytes": int(container["size"]),
        "chapters": [_chapter(one) for one in document.get("chapters", [])[:MOST_CHAPTERS]],
        "tags": stream_facts.container_tags(container.get("tags", {})),
        "video": [_video(s, dynamic) for s in streams if s.get("codec_type") == "video"],
        "audio": [_audio(s) for s in streams if s.get("codec_type") == "audio"],
        "subtitles": [_subtitle(s) for s in streams if s.get("codec_type") == "subtitle"],
    }


def _chapter(chapter: Document) -> Document:
    unit = Fraction(chapter["time_base"])
    return {
        "start_seconds": float(chapter["start"] * unit),
        "end_seconds": float(chapter["end"] * unit),
        "title": stream_facts.tag(_tags(chapter), "title"),
    }


def _video(stream: Document, dynamic: set[int]) -> Document:
    matrix = _side_data(stream, "Display Matrix") or {}
    rotation = stream_facts.clockwise_rotation(float(matrix.get("rotation", 0)))
    aspect = _fraction(stream.get("sample_aspect_ratio", "0:1").replace(":", "/"))
    width, height = stream.get("width", 0), stream.get("height", 0)
    shown = stream_facts.displayed_size(width, height, aspect, rotation)
    attached = _disposition(stream, "attached_pic")
    pixel_format = _known(stream, "pix_fmt")
    transfer = _known(stream, "color_transfer")
    hdr = stream_facts.hdr_kind(
        transfer,
        dolby_vision=_side_data(stream, "DOVI configuration record") is not None,
        hdr10_plus=stream["index"] in dynamic,
    )
    return {
        "index": stream["index"],
        "codec": _codec(stream),
        "profile": _profile(stream),
        "level": stream_facts.known_level(stream.get("level")),
        "coded_width": width,
        "coded_height": height,
        "width": shown[0],
        "height": shown[1],
        "rotation": rotation,
        "pixel_format": pixel_format,
        "bit_depth": stream_facts.bit_depth(pixel_format),
        "color_primaries": _known(stream, "color_primaries"),
        "color_transfer": transfer,
        "color_space": _known(stream, "color_space"),
        "hdr": None if attached else hdr,
        "frame_rate": _fraction(stream.get("avg_frame_rate", "0/0")),
        "field_order": _known(stream, "field_order"),
        "attached_picture": attached,
        "still": _is_still(stream),
        "default": _disposition(stream, "default"),
        "language": _language(stream),
    }


def _is_still(stream: Document) -> bool:
    if _disposition(stream, "still_image") or _disposition(stream, "timed_thumbnails"):
        return True
    rate = _fraction(stream.get("avg_frame_rate", "0/0"))
    return is_still(int(stream.get("nb_frames", 0)), _tags(stream), rate)


def _audio(stream: Document) -> Document:
    return {
        "index": stream["index"],
        "codec": _codec(stream),
        "channels": stream.get("channels", 0),
        "layout": stream_facts.named_layout(stream.get("channel_layout")),
        "sample_rate": int(stream.get("sample_rate", 0)),
        "language": _language(stream),
        "title": stream_facts.tag(_tags(stream), "title"),
    }


def _subtitle(stream: Document) -> Document:
    return {
        "index": stream["index"],
        "codec": _codec(stream),
        "language": _language(stream),
        "title": stream_facts.tag(_tags(stream), "title"),
        "default": _disposition(stream, "default"),
        "forced": _disposition(stream, "forced"),
    }


def _streams_with_dynamic_metadata(document: Mapping[str, Any]) -> set[int]:
    return {
        frame["stream_index"]
        for frame in document.get("frames", [])
        for data in frame.get("side_data_list", [])
        if data.get("side_data_type", "").startswith(_DYNAMIC_METADATA)
    }


def _codec(stream: Document) -> str:
    """Return FFmpeg's name of the codec; else its four-letter code if it has only letters."""
    tag: str = stream.get("codec_tag_string", "")
    name: str | None = _known(stream, "codec_name")
    return name or (tag if len(tag) == 4 and "[" not in tag else "unknown")


def _profile(stream: Document) -> str | None:
    """Return the name of the profile; ffprobe prints a number if it has none."""
    profile = _known(stream, "profile")
    is_number = profile and profile.lstrip("-").isdecimal() and profile not in _NUMERIC_PROFILES
    return None if is_number else profile


def _known(stream: Document, name: str) -> str | None:
    value: str | None = stream.get(name)
    return None if value in {None, "", "unknown", "reserved", "none"} else value


def _fraction(text: str) -> Fraction | None:
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator), int(denominator)) if int(denominator) else None


def _language(stream: Document) -> str | None:
    return stream_facts.known_language(_tags(stream))


def _tags(part: Mapping[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = part.get("tags", {})
    return tags


def _disposition(stream: Mapping[str, Any], name: str) -> bool:
    return bool(stream.get("disposition", {}).get(name, 0))


def _side_data(stream: Mapping[str, Any], kind: str) -> Document | None:
    found = (d for d in stream.get("side_data_list", []) if d.get("side_data_type") == kind)
    return next(found, None)
