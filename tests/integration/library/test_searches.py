"""Saved searches keep what they find, their names and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.filters import FILTERS

from stoat_ferret.errors import SearchExistsError, SearchNotFoundError, TooManySearchesError
from stoat_ferret.library.query import SortOrder, VideoList, VideoSort
from stoat_ferret.library.searches import MAX_SEARCHES, SearchRepository

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


async def test_there_is_a_most(searches: SearchRepository) -> None:
    for number in range(MAX_SEARCHES):
        await searches.add(f"search {number}", ALL)
    with pytest.raises(TooManySearchesError):
        await searches.add("another", ALL)
    assert len(await searches.find()) == MAX_SEARCHES
