"""Counts of videos by root and status."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.library.tables import videos
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.database import Database

RootCounts = dict[int, Counter[VideoStatus]]
"""Counts by root id; roots without videos are not included."""


async def count_by_root(database: Database) -> Mapping[int, Counter[VideoStatus]]:
    """Count in one snapshot. Scans all videos, about a second for a million."""
    missing = videos.c.missing_since.is_not(None)
    shown = sa.case((missing, VideoStatus.MISSING.value), else_=videos.c.status)
    statement = sa.select(videos.c.root_id, shown.label("status"), sa.func.count().label("videos"))
    counts: RootCounts = {}
    async with database.read() as connection:
        for row in await connection.execute(statement.group_by(sa.text("1"), sa.text("2"))):
            counts.setdefault(row.root_id, Counter())[VideoStatus(row.status)] = row.videos
    return counts
