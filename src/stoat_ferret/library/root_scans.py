"""When each root was last scanned as a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret import database as db
from stoat_ferret.library.tables import root_scans

if TYPE_CHECKING:
    from stoat_ferret.database import Database


class RootScans:
    """The last complete scan of each root; one that never was scanned has none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, root_id: int) -> None:
        """Record that a root was scanned now."""
        values = {"root_id": root_id, "scanned_at": datetime.now(UTC)}
        async with self._database.write(durable=False) as connection:
            statement = db.insert(connection, root_scans).on_conflict_do_update(
                index_elements=["root_id"], set_={"scanned_at": values["scanned_at"]}
            )
            await connection.execute(statement, values)

    async def last(self) -> dict[int, datetime]:
        """Return the time of the last scan, by the id of the root."""
        statement = sa.select(root_scans.c.root_id, root_scans.c.scanned_at)
        async with self._database.read() as connection:
            return {row.root_id: row.scanned_at for row in await connection.execute(statement)}
