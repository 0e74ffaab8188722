"""The record of a media file as it is stored: all of its facts, and those that lists show.

Worker processes make it, so that the server only moves it into the database. They load no models:
what is checked here is what `MediaInfo` requires beyond the form of the facts.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from stoat_ferret.media.stream_facts import VideoTraits, rank
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stoat_ferret.media.media_info import MediaInfo

Facts = dict[str, Any]

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_LEAST, _MOST = -(2**63), 2**63 - 1
# Apple's tag has the time zone of the camera; the others are common container tags.
_TAGS = ("com.apple.quicktime.creationdate", "creation_time", "date")
_FIRST_YEAR = 1971  # cameras without a clock write the epoch of 1904 or 1970


class Summary(NamedTuple):
    """The facts that lists show: of the file, its main video and its first sound; see `Video`.

    `taken_at` is a time in UTC by ISO 8601. Without a main video, there is only what is known of
    the file and its sound.
    """

    has_video: bool
    container: str
    title: str | None
    taken_at: str | None
    duration_seconds: float | None
    bit_rate: int | None
    width: int | None
    height: int | None
    rotation: int | None
    frame_rate: str | None
    video_codec: str | None
    hdr: str | None
    audio_codec: str | None


class MediaRecord(NamedTuple):
    """A `MediaInfo` as JSON, and its summary."""

    document: str
    summary: Summary

    @classmethod
    def of(cls, info: MediaInfo) -> Self:
        """Return the record of the facts of another prober."""
        return cls.restore(record_of(info.model_dump(mode="json")))

    @classmethod
    def restore(cls, answer: tuple[str, tuple[Any, ...]]) -> Self:
        """Return the record that a worker process answered; see `record_of`."""
        document, summary = answer
        return cls(document, Summary(*summary))

    @property
    def media_info(self) -> MediaInfo:
        """All facts."""
        from stoat_ferret.media.media_info import MediaInfo  # workers do not load it

        return MediaInfo.model_validate_json(self.document)


def record_of(facts: Facts) -> tuple[str, tuple[Any, ...]]:
    """Return the record of `facts` as plain data.

    Raises `ValueError` for facts that are no `MediaInfo`: numbers that no database or no JSON
    holds.
    """
    streams = [*facts["video"], *facts["audio"], *facts["subtitles"]]
    for values in (facts, *streams):
        _check_numbers(values.values())
    return for_display(_as_json(facts)), tuple(_summary(facts))


def _check_numbers(values: Iterable[object]) -> None:
    for value in values:
        if type(value) is int and not _LEAST <= value <= _MOST:
            raise ValueError(f"no database holds the number {value}")


def _summary(facts: Facts) -> Summary:
    video = _main_video(facts["video"])
    shown = video or {}
    return Summary(
        has_video=video is not None,
        container=facts["container"],
        title=facts["tags"].get("title"),
        taken_at=taken_at(facts["tags"]),
        duration_seconds=facts["duration_seconds"],
        bit_rate=facts["bit_rate"],
        width=shown.get("width"),
        height=shown.get("height"),
        rotation=shown.get("rotation"),
        frame_rate=shown.get("frame_rate"),
        video_codec=shown.get("codec"),
        hdr=shown.get("hdr"),
        audio_codec=facts["audio"][0]["codec"] if facts["audio"] else None,
    )


def _main_video(streams: list[Facts]) -> Facts | None:
    """Return the facts of what `MediaInfo.main_video` returns."""
    best = min(streams, key=lambda stream: rank(_traits(stream)), default=None)
    return None if best is None or best["attached_picture"] else best


def _traits(stream: Facts) -> VideoTraits:
    return VideoTraits(
        stream["index"],
        stream["attached_picture"],
        stream["still"],
        stream["pixel_format"] is not None and stream["coded_width"] > 0,
        stream["default"],
    )


def taken_at(tags: Mapping[str, str]) -> str | None:
    """Return the recording time from container tags, in UTC by ISO 8601.

    Times without a zone count as UTC.
    """
    return next((moment for tag in _TAGS if (moment := _moment(tags.get(tag)))), None)


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc.isoformat() if utc.year >= _FIRST_YEAR else None
