"""Markers: moments and ranges of videos, with a title and tags."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from stoat_ferret.errors import (
    MarkerChangedError,
    MarkerNotFoundError,
    MarkerOutsideVideoError,
    TooManyMarkersError,
    VideoNotFoundError,
)
from stoat_ferret.folded_text import search_lines
from stoat_ferret.library.annotations import relabel
from stoat_ferret.library.marker_rows import saved_markers
from stoat_ferret.library.marker_undo import MARKERS
from stoat_ferret.library.search import parse_search, with_status
from stoat_ferret.library.tables import markers, undo_videos, undos, videos
from stoat_ferret.library.undo import create_undo
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

MAX_MARKERS = 1000
"""The maximum number of markers of a video, which are listed at once."""
END_TOLERANCE_SECONDS = 0.5
"""How far after the known end of a video a marker may be."""
MAX_FOUND = 100
"""The maximum number of markers that a search lists."""


@dataclass(frozen=True, slots=True)
class MarkerValues:
    """What people say of a marker: a moment, or a range that ends before `end_seconds`."""

    start_seconds: float
    end_seconds: float | None = None
    title: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker of a video; `revision` counts its changes."""

    id: str
    video_id: str
    revision: int
    values: MarkerValues


@dataclass(frozen=True, slots=True)
class FoundMarker:
    """A marker that a search has found, with the name and the title of its video."""

    marker: Marker
    video_name: str
    video_title: str | None


class MarkerRepository:
    """The markers of all videos; the words of markers are among those that find their videos."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_video(self, video_id: str) -> list[Marker]:
        """Return the markers of a video in the order of time. Raises `VideoNotFoundError`."""
        async with self._database.read() as connection:
            number = await _number_of(connection, video_id)
            mine = _selected().where(markers.c.video_number == number)
            order = (markers.c.start_seconds, markers.c.end_seconds, markers.c.number)
            return [_marker(row) for row in await connection.execute(mine.order_by(*order))]

    async def search(self, q: str, *, limit: int) -> list[FoundMarker]:
        """Return markers of usable videos that have all words of `q`, the newest first."""
        terms = parse_search(q)
        if not any(not term.is_excluded for term in terms):
            return []
        condition: sa.ColumnElement[bool] = sa.true()
        for term in terms:
            text = term.text.removeprefix("#") if term.tags else term.text
            occurs = markers.c.searchable.contains(text, autoescape=True)
            condition &= ~occurs if term.is_excluded else occurs
        found = _selected(videos.c.name, videos.c.title.label("video_title"))
        # By number: far fewer videos have markers than are usable.
        shown = found.where(with_status(condition, VideoStatus.OK, by_number=True))
        async with self._database.read() as connection:
            rows = await connection.execute(shown.order_by(markers.c.number.desc()).limit(limit))
            return [FoundMarker(_marker(row), row.name, row.video_title) for row in rows]

    async def add(self, video_id: str, values: MarkerValues) -> Marker:
        """Add a marker.

        Raises `VideoNotFoundError`, `TooManyMarkersError`, `MarkerOutsideVideoError`.
        """
        async with self._database.write() as connection:
            number = await _number_of(connection, video_id)
            await _check_times(connection, number, values)
            mine = markers.c.video_number == number
            count = await connection.scalar(
                sa.select(sa.func.count()).select_from(markers).where(mine)
            )
            if (count or 0) >= MAX_MARKERS:
                raise TooManyMarkersError(MAX_MARKERS)
            marker = Marker(str(uuid7()), video_id, 1, values)
            row = {"id": marker.id, "video_number": number, "revision": 1, **_stored(values)}
            await connection.execute(sa.insert(markers).values(row))
            await relabel(connection, [number])
            return marker

    async def change(
        self, marker_id: str, values: MarkerValues, *, revisions: Collection[int] | None
    ) -> Marker:
        """Change a marker if its revision is in `revisions`; None accepts any revision.

        Raises `MarkerNotFoundError`, `MarkerChangedError`, `MarkerOutsideVideoError`.
        """
        async with self._database.write() as connection:
            number, marker = await _get(connection, marker_id)
            if revisions is not None and marker.revision not in revisions:
                raise MarkerChangedError(marker_id)
            if _times(values) != _times(marker.values):
                # A marker of an earlier, longer file may keep its times.
                await _check_times(connection, number, values)
            update = sa.update(markers).where(markers.c.id == marker.id)
            revision = marker.revision + 1
            await connection.execute(update.values(**_stored(values), revision=revision))
            await relabel(connection, [number])
            return Marker(marker.id, marker.video_id, revision, values)

    async def get(self, marker_id: str) -> Marker:
        """Return a marker. Raises `MarkerNotFoundError`."""
        async with self._database.read() as connection:
            return (await _get(connection, marker_id, is_locked=False))[1]

    async def delete(self, marker_id: str) -> str:
        """Delete a marker; return the token that restores it. Raises `MarkerNotFoundError`."""
        async with self._database.write() as connection:
            number, marker = await _get(connection, marker_id)
            undo = await create_undo(connection, {MARKERS: "delete"})
            before = await saved_markers(connection, markers.c.id == marker.id)
            row = {"undo": undo.number, "position": 1, "video_id": marker.video_id}
            saved = json.dumps({MARKERS: before[number]})
            await connection.execute(sa.insert(undo_videos).values(**row, before=saved))
            counted = sa.update(undos).where(undos.c.number == undo.number)
            await connection.execute(counted.values(found=1, done=1, edited=1))
            await connection.execute(sa.delete(markers).where(markers.c.id == marker.id))
            await relabel(connection, [number])
            return undo.token


def _selected(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    columns = (videos.c.id.label("video_id"), *more)
    return sa.select(markers, *columns).select_from(markers.join(videos))


def _marker(row: sa.Row[Any]) -> Marker:
    tags: Sequence[str] = json.loads(row.tags)
    values = MarkerValues(row.start_seconds, row.end_seconds, row.title, tuple(tags))
    return Marker(row.id, row.video_id, row.revision, values)


async def _get(
    connection: AsyncConnection, marker_id: str, *, is_locked: bool = True
) -> tuple[int, Marker]:
    """Return a marker and the number of its video; `is_locked` makes other writers wait."""
    one = _selected().where(markers.c.id == storable(marker_id))
    # In SQLite, all writers take turns.
    statement = one.with_for_update(of=markers) if is_locked else one
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise MarkerNotFoundError(marker_id)
    return row.video_number, _marker(row)


async def _number_of(connection: AsyncConnection, video_id: str) -> int:
    known = sa.select(videos.c.number).where(videos.c.id == storable(video_id))
    number = await connection.scalar(known)
    if number is None:
        raise VideoNotFoundError(video_id)
    return int(number)


def _times(values: MarkerValues) -> tuple[float, float | None]:
    return (values.start_seconds, values.end_seconds)


async def _check_times(connection: AsyncConnection, number: int, values: MarkerValues) -> None:
    """Raise `MarkerOutsideVideoError` if a time is after the end of the video, as far as known."""
    length = sa.select(videos.c.duration_seconds).where(videos.c.number == number)
    duration = await connection.scalar(length)
    if duration is None or duration < 0:
        return
    # Players round the last moments up, and durations of containers down.
    latest = max(values.start_seconds, values.end_seconds or 0.0)
    if latest > duration + END_TOLERANCE_SECONDS:
        raise MarkerOutsideVideoError(latest, duration)


def _stored(values: MarkerValues) -> dict[str, Any]:
    tags = [storable(tag) for tag in values.tags]
    return {
        "start_seconds": values.start_seconds,
        "end_seconds": values.end_seconds,
        "title": storable(values.title),
        "tags": json.dumps(tags, ensure_ascii=False),
        "searchable": search_lines(values.title, *values.tags),
    }
