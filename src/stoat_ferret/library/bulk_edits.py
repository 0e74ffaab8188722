"""Edits of many videos, at once or a few at a time, which can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from stoat_ferret.database import slices
from stoat_ferret.library.annotations import KEEP, VALUES, VideoEdit, edit_numbers
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.library.saved_videos import numbers_of, save_annotations, save_records
from stoat_ferret.library.search import match, with_status
from stoat_ferret.library.tables import undo_videos, undos, videos
from stoat_ferret.library.undo import (
    FORGET,
    ROOT,
    SLICE,
    Undo,
    continue_undo,
    create_undo,
    get_undo,
)
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

MAX_AT_ONCE = 1000
"""The maximum number of videos that are edited in one transaction; others wait for it."""


@dataclass(frozen=True, slots=True)
class BulkChange:
    """A change of many videos: an edit of each, or the removal of its record (None).

    `root` is the path of the root that is removed with all of them, as `path_to_send` returns it;
    undoing the change brings it back.
    """

    edit: VideoEdit | None
    root: str | None = None

    @property
    def as_json(self) -> dict[str, Any]:
        """The change as plain JSON."""
        if self.edit is None:
            return {FORGET: True} if self.root is None else {FORGET: True, ROOT: self.root}
        values = {name: value for name in VALUES if (value := getattr(self.edit, name)) is not KEEP}
        tags = {"add_tags": self.edit.add_tags, "remove_tags": self.edit.remove_tags}
        return {**values, **{name: list(names) for name, names in tags.items() if names}}

    @classmethod
    def from_json(cls, change: Mapping[str, Any]) -> Self:
        """Return the change that `as_json` has described."""
        return cls(None, change.get(ROOT)) if FORGET in change else cls(VideoEdit(**change))


FORGETTING = BulkChange(None)
"""The removal of videos from the library."""


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """The number of edited videos, the ids that do not exist, and the token that undoes it."""

    edited: int
    not_found: Sequence[str]
    undo: str


class BulkEdits:
    """Edits many videos and keeps what they were; each edit has a token that undoes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, query: VideoFilter) -> int:
        """Return the number of videos that `query` finds, on all pages."""
        async with self._database.read() as connection:
            condition = await found_by(connection, query)
            counted = sa.select(sa.func.count()).select_from(videos).where(condition)
            return await connection.scalar(counted) or 0

    async def known(self, key: str | None, change: BulkChange) -> Undo | None:
        """Return the edit that was made with this key. Raises `EditMismatchError`."""
        if key is None:
            return None
        async with self._database.write() as connection:
            return await continue_undo(connection, change.as_json, key=key)

    async def edit_at_once(
        self,
        which: Sequence[str] | VideoFilter,
        change: BulkChange,
        *,
        token: str | None = None,
        key: str | None = None,
    ) -> BulkOutcome:
        """Edit all of these videos that exist in one transaction, or none.

        `token` adds them to an earlier part of the same edit, which skips those of its videos. The
        same `key` again edits nothing. Raises `TooManyTagsError`, and the errors of
        `continue_undo`.
        """
        plain = change.as_json
        async with self._database.write() as connection:
            undo = await continue_undo(connection, plain, token=token, key=key)
            if undo is not None and token is None:
                return BulkOutcome(undo.edited, (), undo.token)
            undo = undo or await create_undo(connection, plain, key=key)
            ids, missing = await _ids_of(connection, which)
            await stage(connection, undo, ids)
            edited = 0
            while (part := await edit_staged(connection, undo.number, change)) is not None:
                edited += part
        return BulkOutcome(edited, missing, undo.token)

    async def start(
        self, change: BulkChange, *, token: str | None = None, key: str | None = None
    ) -> Undo:
        """Record an edit that is made in parts; return the one with this token or key, if given.

        Raises the errors of `continue_undo`.
        """
        async with self._database.write() as connection:
            known = await continue_undo(connection, change.as_json, token=token, key=key)
            return known or await create_undo(connection, change.as_json, key=key)

    async def collect(self, undo: Undo, query: VideoFilter) -> int:
        """Store which videos `query` finds, before the edit changes that; return their number.

        Does nothing if they were stored before.
        """
        if undo.found is not None:
            return undo.found
        async with self._database.write() as connection:
            condition = await found_by(connection, query)
            position = sa.func.row_number().over(order_by=videos.c.number)
            found = sa.select(sa.literal(undo.number), position, videos.c.id).where(condition)
            columns = ["undo", "position", "video_id"]
            await connection.execute(sa.insert(undo_videos).from_select(columns, found))
            # The driver of PostgreSQL does not count the rows of such an insert.
            stored = sa.select(sa.func.count()).where(undo_videos.c.undo == undo.number)
            count = await connection.scalar(stored) or 0
            await set_counts(connection, undo.number, found=count)
        return count

    async def edit_slice(
        self, number: int, change: BulkChange, *, limit: int = SLICE
    ) -> int | None:
        """Edit the next videos of an edit in one transaction, and return how many existed.

        Returns None once all are edited. No video is edited twice, even if the process is killed.
        Raises `TooManyTagsError`.
        """
        async with self._database.write() as connection:
            return await edit_staged(connection, number, change, limit=limit)

    async def skip(self, number: int) -> None:
        """Leave the next video of an edit as it is."""
        async with self._database.write() as connection:
            undo = await get_undo(connection, number=number)
            await set_counts(connection, number, done=undo.done + 1)


async def found_by(connection: AsyncConnection, query: VideoFilter) -> sa.ColumnElement[bool]:
    """Return the condition of the videos that `query` finds, for this transaction."""
    matches = await match(connection, query)
    statuses = sorted(query.status)
    return sa.or_(*(with_status(matches.condition, status) for status in statuses))


async def _ids_of(
    connection: AsyncConnection, which: Sequence[str] | VideoFilter
) -> tuple[list[str], list[str]]:
    """Return the ids of these videos that exist, and those that do not."""
    if isinstance(which, VideoFilter):
        condition = await found_by(connection, which)
        statement = sa.select(videos.c.id).where(condition).order_by(videos.c.number)
        return list(await connection.scalars(statement)), []
    wanted = list(dict.fromkeys(map(storable, which)))
    known = await numbers_of(connection, wanted)
    return [one for one in wanted if one in known], [one for one in wanted if one not in known]


async def stage(connection: AsyncConnection, undo: Undo, ids: Sequence[str]) -> None:
    """Add existing videos to an edit, except those that it has already."""
    known: set[str] = set()
    for part in slices(ids):
        mine = (undo_videos.c.undo == undo.number) & undo_videos.c.video_id.in_(part)
        known.update(await connection.scalars(sa.select(undo_videos.c.video_id).where(mine)))
    new = [video_id for video_id in ids if video_id not in known]
    before = undo.found or 0
    await _add(connection, undo.number, new, before)
    await set_counts(connection, undo.number, found=before + len(new))


async def _add(connection: AsyncConnection, number: int, ids: Sequence[str], after: int) -> None:
    rows = [
        {"undo": number, "position": position, "video_id": video_id}
        for position, video_id in enumerate(ids, after + 1)
    ]
    if rows:
        await connection.execute(sa.insert(undo_videos), rows)


async def set_counts(connection: AsyncConnection, number: int, **values: int) -> None:
    """Set `found`, `done` or `edited` of an edit."""
    await connection.execute(sa.update(undos).where(undos.c.number == number).values(values))


async def edit_staged(
    connection: AsyncConnection, number: int, change: BulkChange, *, limit: int = SLICE
) -> int | None:
    """Edit the next videos of an edit; see `BulkEdits.edit_slice`."""
    undo = await get_undo(connection, number=number)
    next_ones = (
        sa.select(undo_videos.c.position, undo_videos.c.video_id)
        .where(undo_videos.c.undo == number, undo_videos.c.position > undo.done)
        .order_by(undo_videos.c.position)
        .limit(limit)
    )
    rows = (await connection.execute(next_ones)).all()
    if not rows:
        return None
    known = await numbers_of(connection, [row.video_id for row in rows])
    numbers = sorted(known.values())
    if change.edit is None:
        saved = await save_records(connection, numbers)
        await connection.execute(sa.delete(videos).where(videos.c.number.in_(numbers)))
    else:
        saved = await save_annotations(connection, numbers, change.edit)
        await edit_numbers(connection, numbers, change.edit)
    positions = {row.video_id: row.position for row in rows}
    await keep_replaced(
        connection, number, {positions[video_id]: values for video_id, values in saved.items()}
    )
    await set_counts(connection, number, done=rows[-1].position, edited=undo.edited + len(known))
    return len(known)


async def keep_replaced(
    connection: AsyncConnection, number: int, saved: Mapping[int, Mapping[str, Any]]
) -> None:
    """Store what an edit has replaced, as columns of `undo_videos` by position."""
    if not saved:
        return
    values: dict[str, Any] = {
        name: sa.bindparam(f"new_{name}") for name in next(iter(saved.values()))
    }
    mine = (undo_videos.c.undo == number) & (undo_videos.c.position == sa.bindparam("which"))
    await connection.execute(
        sa.update(undo_videos).where(mine).values(values),
        [
            {"which": position, **{f"new_{name}": value for name, value in columns.items()}}
            for position, columns in saved.items()
        ],
    )
