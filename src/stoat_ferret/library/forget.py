"""Removal of records, such as those of videos that went missing; files are never deleted."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.errors import ForgettingChangedError
from stoat_ferret.library.bulk_edits import FORGETTING, edit_staged, found_by, stage
from stoat_ferret.library.tables import roots, video_annotations, video_tags, videos
from stoat_ferret.library.undo import get_undo
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.query import VideoFilter
    from stoat_ferret.library.undo import Undo

SLICE = 500
"""Records per transaction, kept short so that other writers never wait long."""
CALL_SECONDS = 5.0
"""The duration of one call; after that it returns with records left."""
EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Forgettable:
    """The records missing since `missing_before` or earlier, those with these ids, or of a list."""

    missing_before: datetime | None = None
    ids: tuple[str, ...] = ()
    query: VideoFilter | None = None


@dataclass(frozen=True, slots=True)
class ForgottenVideo:
    """A record to be removed; `path` is relative to the root, as returned by `os.fsdecode`."""

    id: str
    root: str
    path: str
    missing_since: datetime | None


@dataclass(frozen=True, slots=True)
class ForgetPreview:
    """The number of records to be removed, and the annotations lost with them.

    `annotated` records have any of: a rating, tags, a title, notes, a favourite mark. `examples`
    are the records that have been missing longest. `not_found` are ids without a record.
    """

    count: int
    annotated: int
    rated: int
    tagged: int
    titled: int
    noted: int
    favourites: int
    examples: Sequence[ForgottenVideo]
    not_found: Sequence[str]


class Forgetting:
    """Removes records and everything that depends on them.

    After each slice, `discard` is called with the fingerprints that no record has any more: files
    derived from them, such as pictures, can be deleted.
    """

    def __init__(
        self,
        database: Database,
        *,
        discard: Callable[[Sequence[str]], Awaitable[None]] | None = None,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self._database = database
        self._discard = discard
        self._call_seconds = call_seconds

    async def preview(self, which: Forgettable) -> ForgetPreview:
        """Return what `forget` would remove now."""
        async with self._database.read() as connection:
            return ForgetPreview(
                **await _counts(connection, which),
                examples=await _examples(connection, which),
                not_found=await _not_found(connection, which),
            )

    async def forget(
        self, which: Forgettable, *, expected_count: int, undo: Undo | None = None
    ) -> int:
        """Remove the records, as many as time permits; return how many.

        With `undo` they can be restored, and their pictures are kept as long. Raises
        `ForgettingChangedError` and removes nothing if the number of records is not
        `expected_count`. If it is interrupted, removed records stay removed and the others are
        unchanged.
        """
        end = time.monotonic() + self._call_seconds
        gone = 0
        async with self._database.read() as connection:
            condition = await _condition(connection, which)
            count = await connection.scalar(
                sa.select(sa.func.count()).select_from(videos).where(condition)
            )
        if count != expected_count:
            raise ForgettingChangedError(expected_count, count or 0)
        while gone < expected_count and time.monotonic() < end:
            async with self._database.write() as connection:
                deleted, unused = await _forget_slice(connection, which, undo)
            if self._discard is not None and unused:
                await self._discard(unused)
            gone += deleted
            if not deleted:
                break
        return gone


async def _condition(connection: AsyncConnection, which: Forgettable) -> sa.ColumnElement[bool]:
    conditions: list[sa.ColumnElement[bool]] = []
    if which.missing_before is not None:
        conditions.append(videos.c.missing_since <= which.missing_before)
    if which.ids:
        conditions.append(videos.c.id.in_([storable(video_id) for video_id in which.ids]))
    if which.query is not None:
        conditions.append(await found_by(connection, which.query))
    return sa.or_(sa.false(), *conditions)


async def _counts(connection: AsyncConnection, which: Forgettable) -> dict[str, Any]:
    annotations = video_annotations.c
    is_tagged = sa.exists().where(video_tags.c.video_number == videos.c.number)
    kinds = {
        "rated": annotations.rating.is_not(None),
        "tagged": is_tagged,
        "titled": annotations.title.is_not(None),
        "noted": annotations.notes.is_not(None),
        "favourites": annotations.favourite.is_not(None),
    }
    kinds["annotated"] = sa.or_(*kinds.values())
    counts = (
        sa.func.coalesce(sa.func.sum(sa.case((kind, 1), else_=0)), 0).label(name)
        for name, kind in kinds.items()
    )
    statement = (
        sa.select(sa.func.count().label("count"), *counts)
        .select_from(videos.outerjoin(video_annotations))
        .where(await _condition(connection, which))
    )
    return {**(await connection.execute(statement)).one()._mapping}  # noqa: SLF001  its public name


async def _examples(connection: AsyncConnection, which: Forgettable) -> list[ForgottenVideo]:
    statement = (
        sa.select(videos.c.id, roots.c.name, videos.c.path, videos.c.missing_since)
        .select_from(videos.join(roots))
        .where(await _condition(connection, which))
        .order_by(videos.c.missing_since, videos.c.number)
        .limit(EXAMPLES)
    )
    return [
        ForgottenVideo(row.id, row.name, os.fsdecode(row.path), row.missing_since)
        for row in await connection.execute(statement)
    ]


async def _not_found(connection: AsyncConnection, which: Forgettable) -> list[str]:
    ids = dict.fromkeys(which.ids)
    named = sa.select(videos.c.id).where(videos.c.id.in_([storable(video_id) for video_id in ids]))
    found = set((await connection.execute(named)).scalars()) if ids else set()
    return [video_id for video_id in ids if video_id not in found]


async def _forget_slice(
    connection: AsyncConnection, which: Forgettable, undo: Undo | None
) -> tuple[int, Sequence[str]]:
    """Remove one slice; return its size, and the fingerprints that no record has any more."""
    condition = await _condition(connection, which)
    some = sa.select(videos.c.id, videos.c.fingerprint).where(condition).limit(SLICE)
    rows = (await connection.execute(some)).all()
    ids = [row.id for row in rows]
    if undo is None:
        await connection.execute(sa.delete(videos).where(videos.c.id.in_(ids)))
    elif ids:
        await stage(connection, await get_undo(connection, number=undo.number), ids)
        await edit_staged(connection, undo.number, FORGETTING, limit=SLICE)
    known = {row.fingerprint for row in rows if row.fingerprint is not None}
    in_use = sa.select(videos.c.fingerprint).where(videos.c.fingerprint.in_(known))
    used = set((await connection.execute(in_use)).scalars())
    return len(rows), sorted(known - used)
