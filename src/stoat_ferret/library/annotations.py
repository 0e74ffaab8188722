"""What people say about videos: their titles, tags, ratings and notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.errors import TooManyVideosError, VideoChangedError, VideoNotFoundError
from stoat_ferret.library.edit import KEEP, MAX_VIDEOS_OF_QUERY
from stoat_ferret.library.tables import video_annotations, videos
from stoat_ferret.library.tagging import change_tags, drop_unused_tags, relabel
from stoat_ferret.library.text import plain
from stoat_ferret.library.video_filter import match, with_status

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.edit import VideoEdit
    from stoat_ferret.library.video_query import VideoQuery

SLICE = 200
"""Videos in one statement, so that the event loop is never held for long."""


@dataclass(frozen=True, slots=True)
class EditCounts:
    """How many videos an edit changed, and the ids that no video has."""

    edited: int
    not_found: Sequence[str] = ()


class Annotations:
    """Writes what people say; scans never touch it, and it goes with the record.

    Every edit is one transaction: it is there whole or not at all. Each raises the revision of
    the videos it changes by one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def edit(
        self, video_id: str, edit: VideoEdit, *, revisions: Collection[int] | None
    ) -> None:
        """Change one video, where its revision is among `revisions`; None is for any.

        Raises `VideoNotFoundError`, `VideoChangedError` and `TooManyTagsError`.
        """
        async with self._database.write() as connection:
            found = await _find(connection, video_id)
            if found is None:
                raise VideoNotFoundError(video_id)
            number, revision = found
            if revisions is not None and revision not in revisions:
                raise VideoChangedError(video_id)
            if not edit.is_empty:
                await _edit(connection, [number], edit)

    async def edit_videos(self, video_ids: Sequence[str], edit: VideoEdit) -> EditCounts:
        """Change those of the videos with these ids that there are. Raises `TooManyTagsError`."""
        wanted = dict.fromkeys(map(plain, video_ids))
        known = sa.select(videos.c.id, videos.c.number).where(videos.c.id.in_(list(wanted)))
        async with self._database.write() as connection:
            numbers = {row.id: row.number for row in await connection.execute(known)}
            await _edit(connection, sorted(numbers.values()), edit)
        missing = [video_id for video_id in wanted if video_id not in numbers]
        return EditCounts(len(numbers), missing)

    async def edit_found(self, query: VideoQuery, edit: VideoEdit) -> EditCounts:
        """Change all videos that `query` finds, whatever its page.

        Raises `TooManyVideosError` where they are more than one transaction should change, and
        `TooManyTagsError`.
        """
        async with self._database.write() as connection:
            matches = await match(connection, query)
            numbers: list[int] = []
            for status in query.status:
                found = sa.select(videos.c.number).where(with_status(matches.condition, status))
                limited = found.limit(MAX_VIDEOS_OF_QUERY + 1)
                numbers += await connection.scalars(limited)
            if len(numbers) > MAX_VIDEOS_OF_QUERY:
                raise TooManyVideosError(MAX_VIDEOS_OF_QUERY)
            await _edit(connection, sorted(numbers), edit)
        return EditCounts(len(numbers))


async def _find(connection: AsyncConnection, video_id: str) -> tuple[int, int] | None:
    """The number and the revision of a video."""
    revision = sa.func.coalesce(video_annotations.c.revision, 0).label("revision")
    said = videos.outerjoin(video_annotations, video_annotations.c.video_number == videos.c.number)
    statement = sa.select(videos.c.number, revision).select_from(said)
    found = await connection.execute(statement.where(videos.c.id == plain(video_id)))
    row = found.one_or_none()
    return None if row is None else (row.number, row.revision)


async def _edit(connection: AsyncConnection, numbers: Sequence[int], edit: VideoEdit) -> None:
    if edit.has_labels:
        # Also those of videos that were forgotten: their spelling is nobody's any more.
        await drop_unused_tags(connection)
    for start in range(0, len(numbers), SLICE):
        part = numbers[start : start + SLICE]
        await _write(connection, part, edit)
        await change_tags(connection, part, edit)
        if edit.has_labels:
            await relabel(connection, part)
    if edit.has_labels:
        await drop_unused_tags(connection)


async def _write(connection: AsyncConnection, numbers: Sequence[int], edit: VideoEdit) -> None:
    given = {
        name: value if value is None or isinstance(value, int) else plain(value)
        for name in ("title", "rating", "notes")
        if (value := getattr(edit, name)) is not KEEP
    }
    now = {"changed_at": datetime.now(UTC)}
    statement = insert(connection, video_annotations)
    upsert = statement.on_conflict_do_update(
        index_elements=["video_number"],
        set_={
            **{name: statement.excluded[name] for name in (*given, *now)},
            "revision": video_annotations.c.revision + 1,
        },
    )
    rows = [{"video_number": number, "revision": 1, **given, **now} for number in numbers]
    await connection.execute(upsert, rows)
