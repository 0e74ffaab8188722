"""The tags of videos, for many at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.tables import tags, video_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


async def tags_of(
    connection: AsyncConnection, rows: Iterable[sa.Row[Any]]
) -> Mapping[int, Sequence[str]]:
    """The names of the tags in `rows`, which have `number` and `labels`, in order, by number."""
    # Labels hold the tags: most videos have none, and are not asked about.
    numbers = [row.number for row in rows if row.labels]
    if not numbers:
        return {}
    statement = (
        sa.select(video_tags.c.video_number, tags.c.name)
        .join(tags)
        .where(video_tags.c.video_number.in_(numbers))
        .order_by(tags.c.name_key)
    )
    names: defaultdict[int, list[str]] = defaultdict(list)
    for row in await connection.execute(statement):
        names[row.video_number].append(row.name)
    return names
