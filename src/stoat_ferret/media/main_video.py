"""The choice of a file's main video stream, shared by all parts of this program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction


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
    seconds = _seconds(tags)
    return bool(rate and seconds is not None and seconds * rate < 1.5)


def _count(tags: Mapping[str, str]) -> int:
    text = _statistic(tags, "number_of_frames")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _seconds(tags: Mapping[str, str]) -> float | None:
    match = re.fullmatch(r"(\d{1,6}):(\d\d):(\d\d(?:\.\d{1,12})?)", _statistic(tags, "duration"))
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else None


def _statistic(tags: Mapping[str, str], name: str) -> str:
    """Return the value of a tag whose name may end with a language: `DURATION-eng`."""
    return next((v for key, v in tags.items() if key.lower().partition("-")[0] == name), "")
