#!/usr/bin/env python3
"""Write the schema of a new SQLite library, as the migrations make it from an empty file.

.venv/bin/python scripts/generate_schema.py           write library/migrations/newest_sqlite.sql
.venv/bin/python scripts/generate_schema.py --check   exit 1 if it is not what would be written
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.migrations import NEWEST_SCHEMA, upgrade

_COMMAND = "`.venv/bin/python scripts/generate_schema.py`"
_HEAD = "-- Written by scripts/generate_schema.py: change the migrations, then run that.\n"
_DEFINITIONS = """
SELECT name, sql FROM sqlite_schema
WHERE sql IS NOT NULL AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
ORDER BY rowid
"""


def make_by_migrations(path: Path, revision: str = "head") -> None:
    """Make a library at `path` by one migration after the other, up to `revision`."""

    async def make() -> None:
        database = Database(sqlite_url(path))
        try:
            async with database.write() as connection:
                await connection.run_sync(upgrade, revision)
        finally:
            await database.aclose()

    asyncio.run(make())


def describe(path: Path) -> str:
    """Return the statements that make a library like the empty one at `path`."""
    with closing(sqlite3.connect(path)) as connection:
        definitions = connection.execute(_DEFINITIONS).fetchall()
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    statements = []
    for name, definition in definitions:
        statements.append(definition)
        # An index of rows gets its first pages from this; one without content has none.
        if definition.startswith("CREATE VIRTUAL TABLE") and "content=''" not in definition:
            statements.append(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")  # noqa: S608
    statements.append(f"INSERT INTO alembic_version (version_num) VALUES ('{revision}')")  # noqa: S608
    return _HEAD + "".join(f"{statement};\n" for statement in statements)


def generate() -> str:
    """Return the content that the file should have."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.db"
        make_by_migrations(path)
        return describe(path)


def is_current() -> bool:
    """Return whether the file has that content; if not, print what to do on standard error."""
    if NEWEST_SCHEMA.read_text("utf-8") == generate():
        return True
    print(f"{NEWEST_SCHEMA.name} is not what the migrations make: run {_COMMAND}.", file=sys.stderr)
    return False


def main(arguments: list[str]) -> int:
    """Write the file, or check the one that is there."""
    if "--check" in arguments:
        return 0 if is_current() else 1
    NEWEST_SCHEMA.write_text(generate(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
