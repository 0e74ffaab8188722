"""The restoring of markers that were removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.library.annotations import relabel
from stoat_ferret.library.marker_rows import insert_markers
from stoat_ferret.library.saved_videos import numbers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.saved_videos import SavedVideo

MARKERS = "markers"
"""The key of removals of markers in their JSON form."""


async def restore_markers(connection: AsyncConnection, saved: Sequence[SavedVideo]) -> int:
    """Put back the markers that were removed from these videos; return of how many they are.

    Videos that no longer exist are left alone.
    """
    numbers = await numbers_of(connection, [one.video_id for one in saved])
    removed = {
        numbers[one.video_id]: one.before[MARKERS] for one in saved if one.video_id in numbers
    }
    await insert_markers(connection, removed)
    await relabel(connection, list(removed))
    return len(removed)
