"""Saved searches: filters and an order under a name, in an order that people choose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.errors import SearchExistsError, SearchNotFoundError, TooManySearchesError
from stoat_ferret.folded_text import fold
from stoat_ferret.library.query import VideoList
from stoat_ferret.library.tables import saved_searches, undo_searches, undos
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

MAX_SEARCHES = 100
"""The maximum number of saved searches."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A saved search; names are distinguished like those of tags."""

    id: int
    name: str
    query: VideoList


class SearchRepository:
    """The saved searches of all people, in their order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self) -> Sequence[SavedSearch]:
        """Return all of them."""
        async with self._database.read() as connection:
            return await _all(connection)

    async def add(self, name: str, query: VideoList, position: int | None = None) -> SavedSearch:
        """Save a search before the one at `position`, by default after all.

        Raises `SearchExistsError` and `TooManySearchesError`.
        """
        async with self._database.write() as connection:
            known = await _all(connection)
            if len(known) >= MAX_SEARCHES:
                raise TooManySearchesError(MAX_SEARCHES)
            _check_name(known, name, None)
            values = {**_named(name), "query": _stored(query), "position": len(known)}
            added = sa.insert(saved_searches).values(values).returning(saved_searches.c.id)
            search_id = (await connection.execute(added)).scalar_one()
            await _move(connection, search_id, len(known) if position is None else position)
            return await _get(connection, search_id)

    async def change(
        self,
        search_id: int,
        *,
        name: str | None = None,
        query: VideoList | None = None,
        position: int | None = None,
    ) -> SavedSearch:
        """Change what is given. Raises `SearchNotFoundError` and `SearchExistsError`."""
        async with self._database.write() as connection:
            await _get(connection, search_id)
            values: dict[str, Any] = {} if query is None else {"query": _stored(query)}
            if name is not None:
                _check_name(await _all(connection), name, search_id)
                values |= _named(name)
            if values:
                changed = sa.update(saved_searches).where(saved_searches.c.id == search_id)
                await connection.execute(changed.values(values))
            if position is not None:
                await _move(connection, search_id, position)
            return await _get(connection, search_id)

    async def rename_tag(self, before: str, after: str, *, undo: str) -> int:
        """Let searches for a tag look for it by its new name; return how many have changed.

        The edit with the token `undo` takes that back, too.
        """
        async with self._database.write() as connection:
            number = await connection.scalar(sa.select(undos.c.number).where(undos.c.token == undo))
            changed = 0
            for search in await _all(connection):
                query = _renamed(search.query, before, after)
                if query == search.query or number is None:
                    continue
                mine = saved_searches.c.id == search.id
                stored = sa.select(saved_searches.c.query).where(mine)
                values = {"before": await connection.scalar(stored), "after": _stored(query)}
                row = {"undo": number, "search_id": search.id, **values}
                await connection.execute(sa.insert(undo_searches).values(row))
                update = sa.update(saved_searches).where(mine)
                await connection.execute(update.values(query=values["after"]))
                changed += 1
            return changed

    async def delete(self, search_id: int) -> None:
        """Delete a search, not the videos. Raises `SearchNotFoundError`."""
        async with self._database.write() as connection:
            await _get(connection, search_id)
            gone = sa.delete(saved_searches).where(saved_searches.c.id == search_id)
            await connection.execute(gone)


async def _all(connection: AsyncConnection) -> list[SavedSearch]:
    ordered = sa.select(saved_searches).order_by(saved_searches.c.position, saved_searches.c.id)
    return [
        SavedSearch(row.id, row.name, VideoList.model_validate_json(row.query))
        for row in await connection.execute(ordered)
    ]


async def _get(connection: AsyncConnection, search_id: int) -> SavedSearch:
    for search in await _all(connection):
        if search.id == search_id:
            return search
    raise SearchNotFoundError(search_id)


def _check_name(known: Sequence[SavedSearch], name: str, search_id: int | None) -> None:
    for search in known:
        if search.id != search_id and fold(search.name) == fold(name):
            raise SearchExistsError(search.name)


def _named(name: str) -> dict[str, str]:
    return {"name": storable(name), "name_key": fold(name)}


def _stored(query: VideoList) -> str:
    return json.dumps({**query.as_params(), "sort": query.sort, "order": query.order})


def _renamed(query: VideoList, before: str, after: str) -> VideoList:
    def names(tags: Iterable[str]) -> frozenset[str]:
        return frozenset(after if fold(tag) == fold(before) else tag for tag in tags)

    return query.model_copy(update={"tags": names(query.tags), "not_tags": names(query.not_tags)})


async def _move(connection: AsyncConnection, search_id: int, position: int) -> None:
    """Number all of them anew, with one at `position`."""
    ids = [search.id for search in await _all(connection) if search.id != search_id]
    ids.insert(position, search_id)
    for place, one in enumerate(ids):
        changed = sa.update(saved_searches).where(saved_searches.c.id == one)
        await connection.execute(changed.values(position=place))
