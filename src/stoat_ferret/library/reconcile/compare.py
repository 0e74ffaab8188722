"""Comparison of the files that a scan found with the known videos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import SLICE
from stoat_ferret.errors import ScanEndedError
from stoat_ferret.library.reconcile.staging import FoundState, Staging
from stoat_ferret.library.tables import (
    folder_signatures,
    found_files,
    found_folders,
    inventories,
    videos,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_ANALYZE = "ANALYZE found_files, found_folders, unreadable_folders, videos"


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
        if not self._staging.database.is_sqlite:
            # Without statistics of what was just filled, its plans take time by the square.
            async with self._staging.database.write(durable=False) as connection:
                await connection.exec_driver_sql(_ANALYZE)
        self._has_missing = await self._exists(videos.c.missing_since.is_not(None))
        after: bytes | None = b""
        while after is not None:
            async with self._staging.database.write(durable=False) as connection:
                after = await self._compare_slice(connection, after)
        states = sa.select(found_files.c.state, sa.func.count().label("files"))
        mine = states.where(self._staging.mine()).group_by(found_files.c.state)
        async with self._staging.database.read() as connection:
            counts = {row.state: row.files for row in await connection.execute(mine)}
            known = int(await connection.scalar(self._known_files()) or 0)
            gone = await self._count_vanished(connection, has_known=known > 0)
        without_thumbnail = counts.get(FoundState.NEEDS_THUMBNAIL, 0)
        unchanged = counts.get(FoundState.UNCHANGED, 0) + counts.get(FoundState.RETURNED, 0)
        unchanged += without_thumbnail
        unchanged += known
        found = sum(counts.values()) + known
        self._has_other = bool(gone or counts.get(FoundState.CHANGED))
        return Comparison(found, unchanged, found - unchanged, gone, without_thumbnail)

    async def is_anything_gone(self) -> bool:
        """Return whether the content of any video may be elsewhere now; call after `run`."""
        elsewhere = ~self._staging.scope.holds()
        return self._has_other or self._has_missing or await self._exists(elsewhere)

    def _known_folders(self) -> sa.ColumnElement[bool]:
        return (found_folders.c.inventory == self._staging.number) & (found_folders.c.is_known == 1)

    def _known_files(self) -> sa.Select[Any]:
        return sa.select(sa.func.sum(found_folders.c.files)).where(self._known_folders())

    async def _count_vanished(self, connection: AsyncConnection, *, has_known: bool) -> int:
        # Comparing numbers is far faster than looking for each video.
        if has_known and await self._has_found_every_video(connection):
            return 0
        vanished = sa.select(sa.func.count()).where(self._staging.has_vanished())
        return await connection.scalar(vanished) or 0

    async def _has_found_every_video(self, connection: AsyncConnection) -> bool:
        """Return whether the present videos are as many as those found.

        Those of a folder with a signature are exactly its files; the signature of a folder whose
        videos have changed since the scan passed it is gone.
        """
        still_true = (folder_signatures.c.root_id == self._staging.root.id) & (
            folder_signatures.c.folder == found_folders.c.folder
        )
        in_known_folders = (
            sa.select(sa.func.sum(folder_signatures.c.files))
            .select_from(found_folders.join(folder_signatures, still_true))
            .where(self._known_folders())
        )
        at_a_found_file = self._is_at_path() & videos.c.missing_since.is_(None)
        others = sa.select(sa.func.count()).where(self._staging.mine(), at_a_found_file)
        present = sa.select(sa.func.count()).where(self._staging.scope.holds_present())
        counts = [await connection.scalar(one) or 0 for one in (in_known_folders, others, present)]
        return counts[0] + counts[1] == counts[2]

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
        state = sa.case((self._staging.is_same(), unchanged), else_=FoundState.CHANGED)
        present = sa.select(state).where(self._is_at_path(), videos.c.missing_since.is_(None))
        return sa.func.coalesce(present.scalar_subquery(), FoundState.NEW)

    def _missing_as_found(self) -> tuple[sa.ScalarSelect[int], sa.ColumnElement[int]]:
        """Return number and state of the missing video at a file's path that equals the file."""
        same = self._is_at_path() & videos.c.missing_since.is_not(None) & self._staging.is_same()
        last = (videos.c.missing_since.desc(), videos.c.number.desc())
        number = sa.select(videos.c.number).where(same).order_by(*last).limit(1)
        returned = sa.select(self._state_if_same(FoundState.RETURNED)).where(same)
        state = returned.order_by(*last).limit(1).scalar_subquery()
        return number.scalar_subquery(), sa.func.coalesce(state, FoundState.NEW)

    def _state_if_same(self, state: FoundState) -> sa.ColumnElement[int]:
        if self._staging.force:
            return sa.literal(FoundState.STALE)
        is_old = self._staging.is_outdated()
        if state is not FoundState.UNCHANGED:
            return sa.case((is_old, FoundState.STALE), else_=state)
        return sa.case(
            (is_old, FoundState.STALE),
            (self._staging.needs_thumbnail(), FoundState.NEEDS_THUMBNAIL),
            else_=state,
        )

    def _is_at_path(self) -> sa.ColumnElement[bool]:
        return (videos.c.root_id == self._staging.root.id) & (videos.c.path == found_files.c.path)


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
    """Flag the videos that should have been found but were not.

    Raises `ScanEndedError` if the inventory was deleted.
    """
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
    # In PostgreSQL, whoever deletes the inventory waits for the end of the transaction.
    mine = sa.select(inventories.c.number).where(inventories.c.number == staging.number)
    if await connection.scalar(mine.with_for_update(read=True)) is None:
        raise ScanEndedError(staging.root.name)
    here = staging.scope.holds_present() & (videos.c.path > after)
    ends = sa.select(videos.c.path).where(here).order_by(videos.c.path)
    end = await connection.scalar(ends.offset(SLICE - 1).limit(1))
    if end is not None:
        here &= videos.c.path <= end
    vanished = sa.update(videos).where(here, staging.has_vanished())
    await connection.execute(vanished.values(missing_since=staging.opened_at))
    return end
