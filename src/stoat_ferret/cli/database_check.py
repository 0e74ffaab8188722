"""The check of the database for `stoat-ferret doctor`, which changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from stoat_ferret.cli.checks import DISK_SECONDS, Finding
from stoat_ferret.cli.output import plural, size
from stoat_ferret.database import Database
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import ConfigurationError, DatabaseError
from stoat_ferret.library.backup import library_size
from stoat_ferret.library.migrations import REVISION_QUERY
from stoat_ferret.library.opening import library_url
from stoat_ferret.library.trigrams import trigram_fault
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.config import Settings

MEND = (
    "Stop the server, put the file back from a backup, or move it away and scan again: your "
    "videos are not touched, and the next scan fills a new database."
)


async def check_database(settings: Settings) -> Finding:
    """Open the database, read its schema, count its videos, and run SQLite's quick check."""
    url = make_url(library_url(settings))
    facts: dict[str, Any] = {"url": url.render_as_string(hide_password=True)}
    file = _file_of(url)
    if file is not None:
        if not await run_on_disk_thread(file.exists, timeout_seconds=DISK_SECONDS):
            return Finding("ok", f"{for_display(file)}, made when it is needed", None, facts)
        facts["size_bytes"] = await run_on_disk_thread(
            library_size, file, timeout_seconds=DISK_SECONDS
        )
    try:
        database = Database(url)
    except ConfigurationError as error:
        return Finding("broken", str(error), None, facts)
    try:
        async with database.read() as connection:
            if not await connection.run_sync(lambda sync: sa.inspect(sync).has_table("videos")):
                return Finding("ok", f"{facts['url']}, filled when it is needed", None, facts)
            facts |= await _facts(connection, is_sqlite=file is not None)
    except DatabaseError as error:
        return Finding("broken", str(error), MEND if file else None, facts)
    finally:
        await database.aclose()
    if facts.get("integrity") not in (None, "ok"):
        return Finding("broken", f"It is damaged: {facts['integrity']}", MEND, facts)
    place = for_display(file) if file else facts["url"]
    weight = f", {size(facts['size_bytes'])}" if file else ""
    videos = plural(facts["videos"], "video")
    if slow := facts.pop("slow_search", None):
        return Finding("warning", f"{place}: {slow[0]}", slow[1], facts)
    return Finding("ok", f"{place}, schema {facts['schema']}, {videos}{weight}", None, facts)


async def _facts(connection: AsyncConnection, *, is_sqlite: bool) -> dict[str, Any]:
    schema = await connection.execute(sa.text(REVISION_QUERY))
    videos = await connection.execute(sa.text("SELECT count(*) FROM videos"))
    facts = {"schema": schema.scalar_one_or_none(), "videos": videos.scalar_one()}
    if is_sqlite:
        check = await connection.execute(sa.text("PRAGMA quick_check(1)"))
        facts["integrity"] = check.scalar_one()
    else:
        facts["slow_search"] = await trigram_fault(connection)
    return facts


def _file_of(url: sa.URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)
