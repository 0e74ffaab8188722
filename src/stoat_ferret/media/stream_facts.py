"""Facts derived from the stored facts of streams, and the main video, shared by all probers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from stoat_ferret.media.limits import LONGEST_TAG, MOST_TAGS

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATING_ENDS = frozenset({"mov", "matroska"})
# Names for values of ISO/IEC 23091-2, as FFmpeg writes them; unspecified and reserved ones are
# omitted.
COLOR_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
    256: "vgamut",
}
COLOR_TRANSFERS = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
    256: "vlog",
}
COLOR_SPACES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
    15: "ipt-c2",
    16: "ycgco-re",
    17: "ycgco-ro",
}
FIELD_ORDERS = {1: "progressive", 2: "tt", 3: "bb", 4: "tb", 5: "bt"}

_ALL_ONES = "2040-02-06T06:28:15"
"""2**32 - 1 seconds after the beginning of 1904, from which QuickTime and MP4 files count."""

PQ = "smpte2084"
HLG = "arib-std-b67"

_ODD_DEPTHS = {
    **dict.fromkeys("monob monow".split(), 1),
    **dict.fromkeys("bgr4 bgr4_byte rgb4 rgb4_byte".split(), 2),
    **dict.fromkeys("bgr8 rgb8".split(), 3),
    **dict.fromkeys("bgr444 rgb444".split(), 4),
    **dict.fromkeys("bgr555 rgb555".split(), 5),
    **dict.fromkeys("bgr565 rgb565".split(), 6),
    **dict.fromkeys("nv20 v30x xv30".split(), 10),
    "xv36": 12,
    **dict.fromkeys("ayuv64 bgr48 bgra64 rgb48 rgba64 xv48".split(), 16),
    **dict.fromkeys("rgb96 rgba128".split(), 32),
}


def bit_depth(pixel_format: str | None) -> int | None:
    """Return the bits of the deepest component of a pixel format, from FFmpeg's name for it."""
    if not pixel_format:
        return None
    name = re.sub(r"(msb)?(be|le)$", "", pixel_format)
    if name in _ODD_DEPTHS:
        return _ODD_DEPTHS[name]
    # Only names that end with a byte order end with a depth: p010le, but not yuyv422.
    depth = re.search(r"(\d{1,2})$", name) if name != pixel_format else None
    return int(depth[1]) if depth else 8


def displayed_size(
    width: int, height: int, pixel_aspect: Fraction | None, rotation: int
) -> tuple[int, int]:
    """Return the displayed width and height: pixels made square by width, then rotated."""
    if pixel_aspect and pixel_aspect > 0:
        width = max(1, int(width * pixel_aspect + Fraction(1, 2)))
    return (height, width) if rotation in {90, 270} else (width, height)


def clockwise_rotation(degrees: float) -> int:
    """Return 0, 90, 180 or 270 clockwise for FFmpeg's counterclockwise display matrix angle."""
    if not -360 <= degrees <= 360:  # nor if a broken matrix yields no angle
        return 0
    return round(-int(degrees) / 90) * 90 % 360


def hdr_kind(transfer: str | None, *, dolby_vision: bool, hdr10_plus: bool) -> str | None:
    """Return the name of the richest kind of high dynamic range, as in `HdrKind`."""
    if dolby_vision:
        return "Dolby Vision"
    if transfer == PQ:
        return "HDR10+" if hdr10_plus else "HDR10"
    return "HLG" if transfer == HLG else None


def known_level(level: int | None) -> int | None:
    """Return the level of a codec; None if FFmpeg marks it unknown with a negative number."""
    return None if level is None or level < 0 else level


def known_language(tags: Mapping[str, str]) -> str | None:
    """Return the language in the tags of a stream; None if it is marked undetermined."""
    language = (tag(tags, "language") or "").strip()
    return None if not language or language == "und" else language


def tag(tags: Mapping[str, str], name: str) -> str | None:
    """Return the value of a tag, whose name may be in capitals in the file."""
    value = tags.get(name)
    if value is None:
        value = next((value for key, value in tags.items() if key.lower() == name), None)
    return None if value is None else value[:LONGEST_TAG]


def container_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a file by lowercase name, without a placeholder creation time.

    Cameras without a clock write all ones for the creation time, others write zero. FFmpeg puts
    those in the header and in a tag of one file together, with a semicolon: the first is kept.
    """
    kept = islice(tags.items(), MOST_TAGS)
    lower = {key.lower()[:LONGEST_TAG]: value[:LONGEST_TAG] for key, value in kept}
    created = lower.pop("creation_time", "").partition(";")[0]
    if created and not created.startswith(_ALL_ONES):
        lower["creation_time"] = created
    return lower


def named_layout(layout: str | None) -> str | None:
    """Return the layout of audio channels; None if FFmpeg only counts them."""
    return None if not layout or layout == "unknown" or layout.endswith(" channels") else layout


@dataclass(frozen=True, slots=True)
class VideoTraits:
    """The traits that distinguish the video from covers, stills and streams without data.

    `is_seen` is False if nothing of the stream could be decoded when the file was opened.
    """

    index: int
    is_cover: bool
    is_still: bool
    is_seen: bool
    is_default: bool


def rank(stream: VideoTraits) -> tuple[bool, bool, bool, bool, int]:
    """Return the key that sorts the best stream first, and covers last.

    The main video moves, can be decoded, and is meant to be shown; of equal streams, the first in
    the file wins.
    """
    return (
        stream.is_cover,
        stream.is_still,
        not stream.is_seen,
        not stream.is_default,
        stream.index,
    )


def is_still(frames: int, tags: Mapping[str, str], rate: Fraction | None) -> bool:
    """Return whether a stream has a single picture, as far as the file indicates.

    `frames` is 0 if the container does not count. Matroska files may indicate it in tags, as
    mkvmerge and FFmpeg write them.
    """
    counted = frames or _count(tags)
    if counted:
        return counted == 1
    seconds = stated_seconds(tags)
    return bool(rate and seconds is not None and seconds * rate < 1.5)


def _count(tags: Mapping[str, str]) -> int:
    text = _statistic(tags, "number_of_frames")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def states_ends(container: str) -> bool:
    """Return whether files of a container, by FFmpeg's name, state where each stream ends.

    Of other streams, FFmpeg gives an estimate, or the end of the file.
    """
    return not _STATING_ENDS.isdisjoint(container.split(","))


def stated_seconds(tags: Mapping[str, str]) -> float | None:
    """Return the duration of a stream that a tag of a Matroska file states; None without one."""
    match = re.fullmatch(r"(\d{1,6}):(\d\d):(\d\d(?:\.\d{1,12})?)", _statistic(tags, "duration"))
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else None


def _statistic(tags: Mapping[str, str], name: str) -> str:
    """Return the value of a tag whose name may end with a language: `DURATION-eng`."""
    return next((v for key, v in tags.items() if key.lower().partition("-")[0] == name), "")
