"""Registration of files that this program made, with the request that made them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.library.reconcile.save import save_records
from stoat_ferret.library.tables import recipes, videos

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root, ScannedFile


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A finished file in its final place, its media information, and the request that made it."""

    root: Root
    scanned: ScannedFile
    request: Mapping[str, Any]


class RecipeBook:
    """Writes the records of files as soon as they are made, before a scan finds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, made: Sequence[MadeFile], *, job_id: str) -> list[str]:
        """Save `made` in one durable transaction; return the video ids in the same order.

        A file that was already known keeps its id.
        """
        now = datetime.now(UTC)
        ids = []
        async with self._database.write() as connection:
            for file in made:
                path = os.fsencode(file.scanned.file.path)
                _, numbers = await save_records(connection, file.root.id, {path: file.scanned}, now)
                number = numbers[path]
                row = {
                    "video_number": number,
                    "fingerprint": file.scanned.fingerprint,
                    "job_id": job_id,
                    "recipe": json.dumps(file.request),
                    "made_at": now,
                }
                await connection.execute(sa.delete(recipes).where(recipes.c.video_number == number))
                await connection.execute(sa.insert(recipes), row)
                video_id = sa.select(videos.c.id).where(videos.c.number == number)
                ids.append(str(await connection.scalar(video_id)))
        return ids
