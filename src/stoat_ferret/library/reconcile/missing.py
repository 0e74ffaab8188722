"""Flags videos whose file is gone, and unflags those whose file is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.library.reconcile.found_state import FoundState
from stoat_ferret.library.reconcile.staging import SLICE, Staging
from stoat_ferret.library.tables import found_files, videos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


async def unflag_returned(staging: Staging) -> int:
    """Unflag the videos whose file is back as it was; returns how many."""
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
    """Flag the videos that ought to have been found and were not."""
    after: bytes | None = b""
    while after is not None:
        async with staging.database.write() as connection:
            after = await _flag_slice(connection, staging, after)


async def count_flagged(staging: Staging) -> int:
    """How many videos this scan has flagged, and nothing has unflagged since."""
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
    """Flag among the videos from `after` on; returns up to where, None at the end."""
    here = staging.scope.holds_present() & (videos.c.path > after)
    ends = sa.select(videos.c.path).where(here).order_by(videos.c.path)
    end = await connection.scalar(ends.offset(SLICE - 1).limit(1))
    if end is not None:
        here &= videos.c.path <= end
    vanished = sa.update(videos).where(here, staging.has_vanished())
    await connection.execute(vanished.values(missing_since=staging.opened_at))
    return end
