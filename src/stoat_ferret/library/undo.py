"""The undoing of bulk edits: their tokens, what they replaced, and how long that is kept."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from stoat_ferret.errors import DatabaseError, EditMismatchError, UndoEndedError, UndoNotFoundError
from stoat_ferret.folded_text import fold
from stoat_ferret.library.collection_undo import as_change
from stoat_ferret.library.marker_undo import MARKERS, restore_markers
from stoat_ferret.library.saved_videos import SavedVideo, restore_annotations, restore_records
from stoat_ferret.library.tables import (
    resolved_duplicates,
    saved_searches,
    tags,
    undo_searches,
    undo_videos,
    undos,
    video_tags,
)
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

KEPT_HOURS = 24
"""The hours in which an edit can be undone."""
MAX_SAVED = 1_000_000
"""The videos of all edits that are kept; the newest edit is kept whole, however large."""
SLICE = 200
"""Videos per transaction, kept short so that other writers never wait long."""
FORGET = "forget"
"""The change that removes videos from the library."""
ROOT = "root"
"""The path of the library folder whose videos are removed with it, beside `FORGET`."""
RESPELL = "respell"
"""The change of the spelling of a tag, with its name `before` and `after`."""
RESOLVE = "resolve"
"""The resolving of duplicates, with the number of copies of an earlier one by fingerprint."""
_PURGE_SLICE = 2000
_REMEMBERED_DAYS = 7
_PURGE_SECONDS = 300.0
_USED, _EXPIRED = "used", "expired"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Undo:
    """A bulk edit that can be undone, or could be.

    `change` is its JSON form. `found` is the number of its videos, None while they are collected;
    `done` is the position of the last one that was edited, and `edited` the number of those that
    existed then. `ended` is set once it cannot be undone.
    """

    number: int
    token: str
    change: Mapping[str, Any]
    created_at: datetime
    job_id: str | None
    found: int | None
    done: int
    edited: int
    ended: str | None

    @property
    def root(self) -> str | None:
        """The path of the root that was removed with its videos, as `path_to_send` returns it."""
        return self.change.get(ROOT)

    @property
    def is_forgetting(self) -> bool:
        """True if the edit removed videos from the library."""
        return FORGET in self.change


@dataclass(frozen=True, slots=True)
class Restored:
    """The videos that were put back, and those left alone because they have changed since."""

    restored: int = 0
    changed_since: int = 0

    def __add__(self, other: Restored) -> Restored:
        return Restored(self.restored + other.restored, self.changed_since + other.changed_since)


async def create_undo(
    connection: AsyncConnection, change: Mapping[str, Any], *, key: str | None = None
) -> Undo:
    """Record a bulk edit that has no videos yet."""
    row = {
        "token": secrets.token_urlsafe(24),
        "key": key,
        "change": json.dumps(change),
        "created_at": datetime.now(UTC),
        "done": 0,
        "edited": 0,
    }
    inserted = await connection.execute(sa.insert(undos).values(row).returning(undos.c.number))
    return await get_undo(connection, number=inserted.scalar_one())


async def get_undo(connection: AsyncConnection, *, number: int) -> Undo:
    """Return a bulk edit. Raises `UndoNotFoundError`."""
    return await _one(connection, undos.c.number == number)


async def continue_undo(
    connection: AsyncConnection,
    change: Mapping[str, Any],
    *,
    token: str | None = None,
    key: str | None = None,
) -> Undo | None:
    """Return the edit with this token, or else this key; None if there is no such key.

    Raises `EditMismatchError` if it makes another change, `UndoNotFoundError`, `UndoEndedError`.
    """
    if token is None and key is None:
        return None
    field, condition = (
        ("key", undos.c.key == key) if token is None else ("undo", undos.c.token == storable(token))
    )
    try:
        undo = await _one(connection, condition)
    except UndoNotFoundError:
        if token is None:
            return None
        raise
    if undo.change != json.loads(json.dumps(change)):
        raise EditMismatchError(field)
    if token is not None:
        refuse_ended(undo)
    return undo


def refuse_ended(undo: Undo) -> None:
    """Raise `UndoEndedError` unless the edit can still be undone."""
    is_old = undo.created_at < datetime.now(UTC) - timedelta(hours=KEPT_HOURS)
    if undo.ended is not None or is_old:
        raise UndoEndedError(is_used=undo.ended == _USED, kept_hours=KEPT_HOURS)


async def _one(connection: AsyncConnection, condition: sa.ColumnElement[bool]) -> Undo:
    # Locked in PostgreSQL, so that two requests with one token take turns, as all writers in
    # SQLite do.
    statement = sa.select(*(undos.c[name] for name in Undo.__slots__)).where(condition)
    row = (await connection.execute(statement.with_for_update())).one_or_none()
    if row is None:
        raise UndoNotFoundError
    return _from_row(row)


def _from_row(row: sa.Row[Any]) -> Undo:
    values = row._mapping  # noqa: SLF001  its public name
    return Undo(**{**values, "change": json.loads(row.change)})


class UndoLog:
    """Undoes bulk edits, and forgets them when their time is over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, token: str) -> Undo:
        """Return the edit with this token. Raises `UndoNotFoundError`, `UndoEndedError`."""
        async with self._database.read() as connection:
            statement = sa.select(undos.c.number).where(undos.c.token == storable(token))
            number = await connection.scalar(statement)
        if number is None:
            raise UndoNotFoundError
        undo = await self.get(number)
        refuse_ended(undo)
        return undo

    async def get(self, number: int) -> Undo:
        """Return an edit, whether it can be undone or not. Raises `UndoNotFoundError`."""
        async with self._database.read() as connection:
            statement = sa.select(*(undos.c[name] for name in Undo.__slots__))
            row = (await connection.execute(statement.where(undos.c.number == number))).first()
        if row is None:
            raise UndoNotFoundError
        return _from_row(row)

    async def recent(self, limit: int) -> list[Undo]:
        """Return the newest edits of any videos that can still be undone, the newest first."""
        oldest = datetime.now(UTC) - timedelta(hours=KEPT_HOURS)
        can_be_undone = undos.c.ended.is_(None) & (undos.c.created_at >= oldest)
        statement = (
            sa.select(*(undos.c[name] for name in Undo.__slots__))
            .where(can_be_undone, undos.c.edited > 0)
            .order_by(undos.c.number.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [_from_row(row) for row in rows]

    async def set_job(self, number: int, job_id: str) -> None:
        """Store which job makes the edit."""
        update = sa.update(undos).where(undos.c.number == number)
        async with self._database.write() as connection:
            await connection.execute(update.values(job_id=job_id))

    async def undo_at_once(self, token: str) -> Restored:
        """Undo an edit in one transaction. Raises `UndoNotFoundError`, `UndoEndedError`."""
        async with self._database.write() as connection:
            undo = await _one(connection, undos.c.token == storable(token))
            refuse_ended(undo)
            total = await _restore_spelling(connection, undo)
            while (part := await _undo_slice(connection, undo)) is not None:
                total += part
        return total

    async def undo_slice(self, number: int) -> Restored | None:
        """Undo the edit of some videos, the last first; return None once all are done.

        What was undone does not count as part of the edit any more, so a process that was killed
        continues where it stopped.
        """
        async with self._database.write() as connection:
            undo = await _one(connection, undos.c.number == number)
            return None if undo.ended else await _undo_slice(connection, undo)

    async def purge(self, discard: Callable[[list[str]], Awaitable[None]] | None = None) -> int:
        """Delete what is too old or too much, and return the number of deleted videos.

        `discard` is awaited with the fingerprints of removed videos that cannot return any more.
        """
        deleted = 0
        for number in await self._superfluous():
            while True:
                async with self._database.write(durable=False) as connection:
                    count, fingerprints = await _delete_slice(connection, number)
                if discard is not None and fingerprints:
                    await discard(fingerprints)
                deleted += count
                if count < _PURGE_SLICE:
                    break
        return deleted

    async def _superfluous(self) -> list[int]:
        """Mark the edits that cannot be undone any more; return those that still have videos."""
        now = datetime.now(UTC)
        oldest = now - timedelta(hours=KEPT_HOURS)
        columns = (undos.c.number, undos.c.created_at, undos.c.ended, undos.c.edited)
        is_saved = sa.exists().where(undo_videos.c.undo == undos.c.number).label("is_saved")
        async with self._database.read() as connection:
            statement = sa.select(*columns, is_saved).order_by(undos.c.number.desc())
            rows = (await connection.execute(statement)).all()
        total, expired = 0, []
        for place, row in enumerate(rows):
            total += row.edited if row.ended is None else 0
            is_over = row.created_at < oldest or (place > 0 and total > MAX_SAVED)
            if row.ended is None and is_over:
                expired.append(row.number)
        forgotten = undos.c.created_at < now - timedelta(days=_REMEMBERED_DAYS)
        without_rows = ~sa.exists().where(undo_videos.c.undo == undos.c.number)
        if expired or any(row.created_at < now - timedelta(days=_REMEMBERED_DAYS) for row in rows):
            async with self._database.write(durable=False) as connection:
                ends = sa.update(undos).where(undos.c.number.in_(expired))
                await connection.execute(ends.values(ended=_EXPIRED))
                await connection.execute(sa.delete(undos).where(forgotten, without_rows))
        gone = {*expired, *(row.number for row in rows if row.ended is not None)}
        return [row.number for row in rows if row.number in gone and row.is_saved]


async def purge_undos(
    undos: UndoLog, discard: Callable[[list[str]], Awaitable[None]] | None = None
) -> None:
    """Purge again and again, for ever; meant for the background. A failure is only logged."""
    while True:
        try:
            await undos.purge(discard)
        except DatabaseError as error:
            log.warning("undos_not_purged", detail=str(error))
        await asyncio.sleep(_PURGE_SECONDS)


async def _restore_spelling(connection: AsyncConnection, undo: Undo) -> Restored:
    """Spell a tag as before, unless its spelling was changed since; count its videos."""
    names = undo.change.get(RESPELL)
    if names is None:
        return Restored()
    mine = (tags.c.name_key == fold(names["before"])) & (tags.c.name == names["after"])
    update = sa.update(tags).where(mine).values(name=names["before"]).returning(tags.c.id)
    tag_id = (await connection.execute(update)).scalar_one_or_none()
    tagged = sa.select(sa.func.count()).where(video_tags.c.tag_id == tag_id)
    return Restored(await connection.scalar(tagged) or 0)


async def _restore_resolutions(connection: AsyncConnection, undo: Undo) -> None:
    """Open groups of duplicates again, or give them the number of copies that they had before."""
    known = resolved_duplicates.c
    for fingerprint, copies in undo.change.get(RESOLVE, {}).items():
        mine = known.fingerprint == fingerprint
        if copies is None:
            await connection.execute(sa.delete(resolved_duplicates).where(mine))
        else:
            earlier = sa.update(resolved_duplicates).where(mine).values(copies=copies)
            await connection.execute(earlier)


async def _restore_searches(connection: AsyncConnection, undo: Undo) -> None:
    """Let saved searches look for a tag by its old name, unless they were changed since."""
    mine = sa.select(undo_searches).where(undo_searches.c.undo == undo.number)
    for row in (await connection.execute(mine)).all():
        same = (saved_searches.c.id == row.search_id) & (saved_searches.c.query == row.after)
        await connection.execute(sa.update(saved_searches).where(same).values(query=row.before))


async def _undo_slice(connection: AsyncConnection, undo: Undo) -> Restored | None:
    mine = undo_videos.c.undo == undo.number
    of_collection = as_change(undo.change)
    if of_collection is not None:
        await of_collection.reopen(connection)
    # Not beyond `done`: of a cancelled edit, a million videos may lie there.
    is_edited = (undo_videos.c.position <= undo.done) & undo_videos.c.before.is_not(None)
    statement = sa.select(undo_videos).where(mine, is_edited)
    ordered = statement.order_by(undo_videos.c.position.desc()).limit(SLICE)
    rows = (await connection.execute(ordered)).all()
    if not rows:
        await _restore_resolutions(connection, undo)
        await _restore_searches(connection, undo)
        # The next purge deletes the rows of videos that were not edited.
        ends = sa.update(undos).where(undos.c.number == undo.number)
        await connection.execute(ends.values(ended=_USED))
        return None
    saved = [
        SavedVideo(
            row.position, row.video_id, row.revision_before, row.revision, json.loads(row.before)
        )
        for row in rows
    ]
    if of_collection is not None:
        restored = await of_collection.restore(connection, saved)
    elif MARKERS in undo.change:
        restored = await restore_markers(connection, saved)
    else:
        restore = restore_records if undo.is_forgetting else restore_annotations
        restored = await restore(connection, saved)
    done = undo_videos.c.position.in_([row.position for row in rows])
    await connection.execute(sa.delete(undo_videos).where(mine, done))
    return Restored(restored, len(rows) - restored)


async def _delete_slice(connection: AsyncConnection, number: int) -> tuple[int, list[str]]:
    mine = undo_videos.c.undo == number
    some = sa.select(undo_videos.c.position).where(mine).limit(_PURGE_SLICE)
    deleted = sa.delete(undo_videos).where(mine, undo_videos.c.position.in_(some))
    rows = (await connection.execute(deleted.returning(undo_videos.c.fingerprint))).all()
    return len(rows), sorted({row.fingerprint for row in rows if row.fingerprint})
