"""Comparison of the files that a scan found with the known videos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import SLICE
from stoat_ferret.library.reconcile.staging import FoundState, Staging
from stoat_ferret.library.tables import found_files, videos
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing found files with known videos; found = unchanged + pending.

    `without_thumbnail` counts the unchanged files whose thumbnail still has to be made.
    """

    found: int
    unchanged: int
    pending: int
    vanished: int
    without_thumbnail: int = 0


class Comparer:
    """Assigns a state to each found file, in slices of one short transaction each."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        self._has_missing = False
        self._has_other = False

    async def run(self) -> Comparison:
        """Compare all files; count them and the videos that were not found."""
        self._has_missing = await self._exists(videos.c.missing_since.is_not(None))
        after: bytes | None = b""
        while after is not None:
            async with self._staging.database.write(durable=False) as connection:
                after = await self._compare_slice(connection, after)
        states = sa.select(found_files.c.state, sa.func.count().label("files"))
        mine = states.where(self._staging.mine()).group_by(found_files.c.state)
        vanished = sa.select(sa.func.count()).where(self._staging.has_vanished())
        async with self._staging.database.read() as connection:
            counts = {row.state: row.files for row in await connection.execute(mine)}
            gone = await connection.scalar(vanished) or 0
        without_thumbnail = counts.get(FoundState.NEEDS_THUMBNAIL, 0)
        unchanged = counts.get(FoundState.UNCHANGED, 0) + counts.get(FoundState.RETURNED, 0)
        unchanged += without_thumbnail
        found = sum(counts.values())
        self._has_other = bool(gone or counts.get(FoundState.CHANGED))
        return Comparison(found, unchanged, found - unchanged, gone, without_thumbnail)

    async def is_anything_gone(self) -> bool:
        """Return whether the content of any video may be elsewhere now; call after `run`."""
        elsewhere = ~self._staging.scope.holds()
        return self._has_other or self._has_missing or await self._exists(elsewhere)

    async def _exists(self, condition: sa.ColumnElement[bool]) -> bool:
        async with self._staging.database.read() as connection:
            return bool(await connection.scalar(sa.select(sa.exists().where(condition))))

    async def _compare_slice(self, connection: AsyncConnection, after: bytes) -> bytes | None:
        """Compare the files after `after`; return where the slice ends, None at the end."""
        here = self._staging.mine() & (found_files.c.path > after)
        ends = sa.select(found_files.c.path).where(here).order_by(found_files.c.path)
        end = await connection.scalar(ends.offset(SLICE - 1).limit(1))
        if end is not None:
            here &= found_files.c.path <= end
        present = sa.update(found_files).where(here).values(state=self._state_beside_present())
        await connection.execute(present)
        if self._has_missing:
            number, state = self._missing_as_found()
            missing = sa.update(found_files).where(here, found_files.c.state == FoundState.NEW)
            await connection.execute(missing.values(returned_number=number, state=state))
        return end

    def _state_beside_present(self) -> sa.ColumnElement[int]:
        unchanged = self._state_if_same(FoundState.UNCHANGED)
        state = sa.case((self._is_same(), unchanged), else_=FoundState.CHANGED)
        present = sa.select(state).where(self._is_at_path(), videos.c.missing_since.is_(None))
        return sa.func.coalesce(present.scalar_subquery(), FoundState.NEW)

    def _missing_as_found(self) -> tuple[sa.ScalarSelect[int], sa.ColumnElement[int]]:
        """Return number and state of the missing video at a file's path that equals the file."""
        same = self._is_at_path() & videos.c.missing_since.is_not(None) & self._is_same()
        last = (videos.c.missing_since.desc(), videos.c.number.desc())
        number = sa.select(videos.c.number).where(same).order_by(*last).limit(1)
        returned = sa.select(self._state_if_same(FoundState.RETURNED)).where(same)
        state = returned.order_by(*last).limit(1).scalar_subquery()
        return number.scalar_subquery(), sa.func.coalesce(state, FoundState.NEW)

    def _state_if_same(self, state: FoundState) -> sa.ColumnElement[int]:
        if self._staging.force:
            return sa.literal(FoundState.STALE)
        is_old = (videos.c.probe_version != self._staging.probe_version) | (
            videos.c.read_error.is_not(None)
        )
        if self._staging.thumbnail_version is None or state is not FoundState.UNCHANGED:
            return sa.case((is_old, FoundState.STALE), else_=state)
        needs_thumbnail = (videos.c.status == VideoStatus.OK.value) & (
            sa.func.abs(videos.c.thumbnail_version) != self._staging.thumbnail_version
        )
        return sa.case(
            (is_old, FoundState.STALE), (needs_thumbnail, FoundState.NEEDS_THUMBNAIL), else_=state
        )

    def _is_at_path(self) -> sa.ColumnElement[bool]:
        return (videos.c.root_id == self._staging.root.id) & (videos.c.path == found_files.c.path)

    def _is_same(self) -> sa.ColumnElement[bool]:
        return (videos.c.size_bytes == found_files.c.size_bytes) & (
            videos.c.mtime_ns == found_files.c.mtime_ns
        )


async def unflag_returned(staging: Staging) -> int:
    """Unflag the videos whose file is back unchanged; return how many."""
    count, after = 0, b""
    while True:
        is_returned = (
            staging.mine()
            & (found_files.c.state == FoundState.RETURNED)
            & (found_files.c.path > after)
        )
        page = sa.select(found_files.c.path, found_files.c.returned_number).where(is_returned)
        async with staging.database.write() as connection:
            rows = (await connection.execute(page.order_by(found_files.c.path).limit(SLICE))).all()
            if not rows:
                return count
            after = rows[-1].path
            count += await _unflag(connection, [row.returned_number for row in rows])
            settled = sa.update(found_files).where(is_returned, found_files.c.path <= after)
            await connection.execute(settled.values(state=FoundState.UNCHANGED))


async def flag_vanished(staging: Staging) -> None:
    """Flag the videos that should have been found but were not."""
    after: bytes | None = b""
    while after is not None:
        async with staging.database.write() as connection:
            after = await _flag_slice(connection, staging, after)


async def count_flagged(staging: Staging) -> int:
    """Return how many videos this scan has flagged and nothing has unflagged since."""
    flagged = sa.select(sa.func.count()).where(videos.c.missing_since == staging.opened_at)
    async with staging.database.read() as connection:
        return await connection.scalar(flagged) or 0


async def _unflag(connection: AsyncConnection, numbers: Sequence[int]) -> int:
    other = videos.alias("other")
    is_taken = sa.exists().where(
        other.c.root_id == videos.c.root_id,
        other.c.path == videos.c.path,
        other.c.missing_since.is_(None),
    )
    unflag = sa.update(videos).where(videos.c.number.in_(numbers), ~is_taken)
    return (await connection.execute(unflag.values(missing_since=None))).rowcount


async def _flag_slice(connection: AsyncConnection, staging: Staging, after: bytes) -> bytes | None:
    """Flag videos after `after`; return where the slice ends, None at the end."""
    here = staging.scope.holds_present() & (videos.c.path > after)
    ends = sa.select(videos.c.path).where(here).order_by(videos.c.path)
    end = await connection.scalar(ends.offset(SLICE - 1).limit(1))
    if end is not None:
        here &= videos.c.path <= end
    vanished = sa.update(videos).where(here, staging.has_vanished())
    await connection.execute(vanished.values(missing_since=staging.opened_at))
    return end
