"""Saved searches keep what they find, their names and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.filters import FILTERS

from stoat_ferret.errors import SearchExistsError, SearchNotFoundError, TooManySearchesError
from stoat_ferret.library.query import SortOrder, VideoList, VideoSort
from stoat_ferret.library.searches import MAX_SEARCHES, SearchRepository
from stoat_ferret.library.tables import saved_searches

if TYPE_CHECKING:
    from stoat_ferret.database import Database

ALL = VideoList()


@pytest.fixture
def searches(database: Database) -> SearchRepository:
    """Return the saved searches of an empty library."""
    return SearchRepository(database)


async def names(searches: SearchRepository) -> str:
    return "".join(search.name for search in await searches.find())


@pytest.mark.parametrize("name", FILTERS)
async def test_each_filter_is_kept(searches: SearchRepository, name: str) -> None:
    query = VideoList(**{name: FILTERS[name]}, sort=VideoSort.SIZE, order=SortOrder.DESC)
    await searches.add("one", query)
    (found,) = await searches.find()
    assert found.query == query


async def test_they_are_in_the_order_that_people_choose(searches: SearchRepository) -> None:
    a, b, c = [await searches.add(name, ALL) for name in "abc"]
    assert await names(searches) == "abc"
    await searches.change(c.id, position=0)
    assert await names(searches) == "cab"
    await searches.change(c.id, position=1)
    assert await names(searches) == "acb"
    await searches.change(a.id, position=99)
    assert await names(searches) == "cba"
    await searches.delete(b.id)
    await searches.add("d", ALL, position=1)
    assert await names(searches) == "cda"


async def test_names_are_one_of_a_kind(searches: SearchRepository) -> None:
    one = await searches.add("Été", ALL)
    with pytest.raises(SearchExistsError, match="Été"):
        await searches.add("ete", ALL)
    other = await searches.add("winter", ALL)
    with pytest.raises(SearchExistsError):
        await searches.change(other.id, name="ETE")
    assert (await searches.change(one.id, name="ETE")).name == "ETE"


async def test_what_is_not_there_is_not_found(searches: SearchRepository) -> None:
    with pytest.raises(SearchNotFoundError):
        await searches.change(7, name="x")
    with pytest.raises(SearchNotFoundError):
        await searches.delete(7)


async def test_there_is_a_most(database: Database, searches: SearchRepository) -> None:
    await searches.add("first", ALL)
    async with database.write() as connection:
        query = (await connection.execute(sa.select(saved_searches.c.query))).scalar_one()
        rows = [
            {"name": f"search {place}", "name_key": str(place), "query": query, "position": place}
            for place in range(1, MAX_SEARCHES - 1)
        ]
        await connection.execute(sa.insert(saved_searches), rows)
    await searches.add("the last one", ALL)
    with pytest.raises(TooManySearchesError):
        await searches.add("another", ALL)
    assert len(await searches.find()) == MAX_SEARCHES
