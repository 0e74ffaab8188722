"""Transactions in PostgreSQL."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from stoat_ferret.database import Database
from stoat_ferret.errors import ConfigurationError, DatabaseError

if TYPE_CHECKING:
    from tests.postgresql import PostgresqlServer

COUNT = sa.text("SELECT count(*) FROM roots")
ADD = sa.text("INSERT INTO roots (name, path) VALUES ('films', 'films')")


async def test_a_reader_sees_one_snapshot(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    async with database.read() as reader:
        before = await reader.scalar(COUNT)
        async with database.write() as writer:
            await writer.execute(ADD)
        assert await reader.scalar(COUNT) == before
    async with database.read() as reader:
        assert await reader.scalar(COUNT) == before + 1
    with pytest.raises(DatabaseError, match="read-only"):
        async with database.read() as reader:
            await reader.execute(ADD)
    await database.aclose()


async def test_connections_of_before_a_restart_are_not_used_again(
    postgresql_url: str, postgresql: PostgresqlServer
) -> None:
    database = Database(postgresql_url)
    noticed: list[None] = []
    database.on_trouble = lambda: noticed.append(None)
    async with database.read() as reader:
        await reader.scalar(COUNT)
    postgresql.stop()
    with pytest.raises(DatabaseError):
        async with database.read():
            pass
    assert noticed
    postgresql.start()
    async with database.read() as reader:
        assert await reader.scalar(COUNT) == 0
    await database.aclose()


def test_without_its_driver_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'stoat-ferret\[postgresql\]'"):
        Database("postgresql://somebody@127.0.0.1/library")
