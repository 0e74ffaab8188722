"""Counts by month say where in a list each month begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.library.rows import save, video

from stoat_ferret.library.query import MonthQuery, SortOrder, VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository

if TYPE_CHECKING:
    from stoat_ferret.database import Database

DATES = ["2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z", "2024-01-31T08:00:00Z", "1971-02-01"]


@pytest.fixture
async def repository(database: Database) -> VideoRepository:
    """Return a library of four videos with recording times, and two without."""
    repository = VideoRepository(database)
    (root,) = await repository.ensure_roots(["/one"])
    files = [
        video(f"{place}.mp4", codec="av1" if place else "h264", tags={"creation_time": date})
        for place, date in enumerate(DATES)
    ]
    await save(database, root, *files, video("a.mp4", codec="av1"), video("b.mp4"))
    return repository


async def counted(repository: VideoRepository, **query: Any) -> list[tuple[str | None, int]]:
    months = await repository.count_months(MonthQuery(**query))
    return [(one.month, one.count) for one in months]


async def test_months_are_in_the_order_of_the_list(repository: VideoRepository) -> None:
    months = [("2024-01", 2), ("2023-12", 1), ("1971-02", 1), (None, 2)]
    assert await counted(repository, sort="taken") == months
    assert await counted(repository, sort="taken", order="asc") == months[::-1]
    assert await counted(repository, sort="taken", status=["missing"]) == []
    ((_, count),) = await counted(repository)
    assert count == 6


@pytest.mark.parametrize("order", SortOrder)
@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"codec": ["av1"]},
        {"q": "mp4"},
        {"q": "a"},
        {"taken_from": "2024-01-01"},
        {"folder": "x"},
    ],
    ids=str,
)
async def test_a_month_begins_after_all_videos_of_those_before_it(
    repository: VideoRepository, filters: dict[str, Any], order: SortOrder
) -> None:
    query = VideoQuery(sort=VideoSort.TAKEN, order=order, **filters)
    taken = [item.taken_at for item in (await repository.find(query)).items]
    expected = [one and f"{one:%Y-%m}" for one in taken]
    months = await counted(repository, sort="taken", order=order, **filters)
    assert [month for month, count in months for _ in range(count)] == expected
