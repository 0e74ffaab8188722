"""The libav functions that worker processes call, by name so that only they load libav."""

from __future__ import annotations

import time
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from stoat_ferret.media.libav import Facts
    from stoat_ferret.media.libav_storyboard import StoryboardAnswer
    from stoat_ferret.media.libav_thumbnails import ThumbnailAnswer
    from stoat_ferret.media.media_file import MediaPath

    RecordAnswer = tuple[tuple[str, tuple[Any, ...]], str]

EACH_SECONDS = 0.1
"""The time after which a call that reads many files ends, so that others get the process."""
LOAD_EARLY = ("stoat_ferret.media.libav", "stoat_ferret.media.media_record")
"""The modules that a worker loads before the deadline of its first call begins."""


def probe_file(path: MediaPath) -> RecordAnswer:
    """See `libav.probe_file`; return the record of the facts, and the fingerprint."""
    from stoat_ferret.media import libav

    return recorded(libav.probe_file(path))


def probe_and_picture(
    path: MediaPath, folder: str
) -> Generator[RecordAnswer, None, ThumbnailAnswer]:
    """See `libav.probe_and_picture`; yield what `probe_file` returns."""
    from stoat_ferret.media import libav

    steps = libav.probe_and_picture(path, folder)
    yield recorded(next(steps))
    return (yield from steps)  # type: ignore[misc]  # it yields no more


def recorded(probed: tuple[Facts, str]) -> RecordAnswer:
    """Return the record of the facts in `probed`, and the fingerprint."""
    from stoat_ferret.media.media_record import record_of

    facts, fingerprint = probed
    return record_of(facts), fingerprint


def read_each(
    read: Callable[..., object], paths: Sequence[MediaPath], *arguments: object
) -> Generator[Any, None, Any]:
    """Call `read(path, *arguments)` for each of `paths`; yield what it yields and returns.

    The last answer is returned: for the last path, or the one after which `EACH_SECONDS` have
    passed. A `MediaError` is an answer too, unless it is raised after another answer: that ends all
    of it, as any other error does.
    """
    until = time.monotonic() + EACH_SECONDS
    for path in paths[:-1]:
        answer = yield from _read(read, path, arguments)
        if time.monotonic() >= until:
            return answer
        yield answer
    return (yield from _read(read, paths[-1], arguments))


def _read(
    read: Callable[..., object], path: MediaPath, arguments: tuple[object, ...]
) -> Generator[Any, None, Any]:
    try:
        result = read(path, *arguments)
        if not isinstance(result, GeneratorType):
            return result
        first = next(result)
    except MediaError as error:
        return error
    yield first
    return (yield from result)


def picture_file(path: MediaPath, folder: str) -> tuple[str, ThumbnailAnswer]:
    """See `libav.picture_file`."""
    from stoat_ferret.media import libav

    return libav.picture_file(path, folder)


def fingerprint_file(path: MediaPath) -> str:
    """See `libav.fingerprint_file`."""
    from stoat_ferret.media import libav

    return libav.fingerprint_file(path)


def content_fault(path: MediaPath) -> str | None:
    """See `libav.content_fault`."""
    from stoat_ferret.media import libav

    return libav.content_fault(path)


def jumping_seconds_of(path: MediaPath) -> float | None:
    """See `libav.jumping_seconds_of`."""
    from stoat_ferret.media import libav

    return libav.jumping_seconds_of(path)


def make_storyboard(path: MediaPath, folder: str) -> Generator[float, None, StoryboardAnswer]:
    """See `libav_storyboard.make_storyboard`."""
    from stoat_ferret.media import libav_storyboard

    return libav_storyboard.make_storyboard(path, folder)


def key_kinds(path: MediaPath, index: int, first: int, last: int) -> list[tuple[int, int | None]]:
    """See `libav_key_frames.key_kinds`."""
    from stoat_ferret.media import libav_key_frames

    return libav_key_frames.key_kinds(path, index, first, last)


def indexed_key_frames(path: MediaPath, index: int) -> list[float]:
    """See `libav_key_frames.indexed_key_frames`."""
    from stoat_ferret.media import libav_key_frames

    return libav_key_frames.indexed_key_frames(path, index)


def canvas_size(path: MediaPath, index: int, seconds: float) -> tuple[int, int] | None:
    """See `libav_subtitles.canvas_size`."""
    from stoat_ferret.media import libav_subtitles

    return libav_subtitles.canvas_size(path, index, seconds)


def last_end(path: MediaPath, index: int) -> int | None:
    """See `libav_key_frames.last_end`."""
    from stoat_ferret.media import libav_key_frames

    return libav_key_frames.last_end(path, index)


def audio_ends(path: MediaPath) -> list[float | None]:
    """See `libav_stream_ends.audio_ends`."""
    from stoat_ferret.media import libav_stream_ends

    return libav_stream_ends.audio_ends(path)


def list_attachments(path: MediaPath) -> list[tuple[int, str, str, int]]:
    """See `libav_attachments.list_attachments`."""
    from stoat_ferret.media import libav_attachments

    return libav_attachments.list_attachments(path)


def read_time_code(path: MediaPath) -> str | None:
    """See `libav_time_code.read_time_code`."""
    from stoat_ferret.media import libav_time_code

    return libav_time_code.read_time_code(path)
