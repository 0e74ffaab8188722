"""A page at any offset is the same from whichever known place it is found."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from tests.integration.library.rows import save, video

from stoat_ferret.library import places as places_module
from stoat_ferret.library.query import SortOrder, VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository

if TYPE_CHECKING:
    from stoat_ferret.database import Database

COUNT = 60


@pytest.mark.parametrize("order", SortOrder)
@pytest.mark.parametrize("sort", [VideoSort.NAME, VideoSort.SIZE, VideoSort.TAKEN])
async def test_any_page_after_any_other(
    sort: VideoSort, order: SortOrder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places_module, "_STEP", 7)
    monkeypatch.setattr(places_module, "_MOST", 9)
    videos = VideoRepository(database)
    (root,) = await videos.ensure_roots(["/one"])
    files = [
        # Many with the same key; one in four has another codec, and is not in the list.
        video(f"{number}.mp4", size=number % 5, codec="av1" if number % 4 == 0 else "h264")
        for number in range(COUNT)
    ]
    await save(database, root, *files)
    given = {"sort": sort, "order": order, "codec": frozenset({"h264"}), "limit": 4}
    whole = (await videos.find(VideoQuery.model_validate({**given, "limit": 500}))).items
    assert len(whole) == COUNT * 3 // 4
    offsets = [*range(len(whole) + 3), len(whole) - 1, 0]
    random.Random(f"{sort}{order}").shuffle(offsets)  # noqa: S311  the same each time
    for offset in offsets:
        page = await videos.find(VideoQuery.model_validate({**given, "offset": offset}))
        assert page.total == len(whole)
        assert page.items == whole[offset : offset + 4], offset
        assert (page.next_cursor is None) is (offset + 4 >= len(whole)), offset
