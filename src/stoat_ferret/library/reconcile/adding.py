"""Notes found files, a million in a few seconds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stoat_ferret.database import insert
from stoat_ferret.library.reconcile.found_state import FoundState
from stoat_ferret.library.tables import found_files
from stoat_ferret.library.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.video import FoundFile

_COLUMNS = ("inventory", "path", "size_bytes", "mtime_ns", "unusable", "state")


async def add_found_files(
    connection: AsyncConnection, inventory: int, files: Sequence[FoundFile]
) -> None:
    """Insert the rows of `files`; of two with the same path the last one counts."""
    statement = insert(connection, found_files)
    again = {name: statement.excluded[name] for name in _COLUMNS[2:]}
    upsert = statement.on_conflict_do_update(index_elements=["inventory", "path"], set_=again)
    # Straight to the driver, which takes these types as they are: SQLAlchemy would spend more
    # time on each row than the database does.
    compiled = upsert.compile(dialect=connection.dialect, column_keys=list(_COLUMNS))
    state = int(FoundState.NEW)
    rows = [
        (
            inventory,
            os.fsencode(file.path),
            file.size_bytes,
            file.mtime_ns,
            file.unusable and plain(file.unusable),
            state,
        )
        for file in files
    ]
    if compiled.positional:
        await connection.exec_driver_sql(str(compiled), rows)
    else:
        named = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        await connection.exec_driver_sql(str(compiled), named)
