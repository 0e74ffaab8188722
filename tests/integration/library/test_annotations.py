"""Titles, tags, ratings and notes, on a real database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.rows import save, video
from tests.integration.library.scans import Content, scan
from tests.integration.library.test_search import check_index

from stoat_ferret.errors import (
    TooManyTagsError,
    VideoChangedError,
    VideoNotFoundError,
)
from stoat_ferret.library import tables
from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.bulk_edits import BulkChange, BulkEdits
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tags import TagRepository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import VideoDetails


class Library:
    """A few videos, and edits of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.videos = VideoRepository(database)
        self.annotations = Annotations(database)
        self.bulk = BulkEdits(database)
        self.tags = TagRepository(database)
        self.ids: Mapping[str, str] = {}

    async def add(self, *paths: str) -> None:
        (root,) = await self.videos.ensure_roots(["/one"])
        await save(self.database, root, *map(video, paths))
        found = (await self.videos.find(VideoQuery(limit=500))).items
        self.ids = {item.path: item.id for item in found}

    async def edit(self, path: str, **changes: object) -> None:
        edit = VideoEdit(**changes)  # type: ignore[arg-type]  # a table of keywords
        await self.annotations.edit(self.ids[path], edit, revisions=None)

    async def get(self, path: str) -> VideoDetails:
        return await self.videos.get(self.ids[path])

    async def found(self, **query: object) -> set[str]:
        page = await self.videos.find(VideoQuery(**query))
        assert page.total == len(page.items)
        return {item.path for item in page.items}

    async def tag_counts(self, prefix: str = "") -> dict[str, int]:
        return {tag.name: tag.count for tag in (await self.tags.find(prefix)).items}


@pytest.fixture
async def library(database: Database) -> Library:
    made = Library(database)
    await made.add("a.mp4", "b.mp4", "c.mp4")
    return made


async def test_what_is_said_is_shown_and_counted(library: Library) -> None:
    before = await library.get("a.mp4")
    assert (before.tags, before.rating, before.notes, before.revision) == ((), None, None, 0)
    await library.edit("a.mp4", title="Swim", rating=4, notes="Line\nline", tags=["sea", "Été"])
    after = await library.get("a.mp4")
    assert (after.title, after.rating, after.notes) == ("Swim", 4, "Line\nline")
    assert (after.tags, after.revision) == (("Été", "sea"), 1)
    (listed,) = (await library.videos.find(VideoQuery(q="swim"))).items
    assert (listed.title, listed.rating, listed.tags) == ("Swim", 4, ("Été", "sea"))
    await library.edit("a.mp4", title=None, rating=None, notes=None, tags=[])
    cleared = await library.get("a.mp4")
    assert (cleared.title, cleared.tags, cleared.rating, cleared.notes) == (None, (), None, None)
    assert cleared.revision == 2
    assert await library.found(q="swim") == set()
    assert await library.tag_counts() == {}


async def test_what_is_left_out_stays(library: Library) -> None:
    await library.edit("a.mp4", title="Swim", rating=4, tags=["sea"])
    await library.edit("a.mp4", notes="wet")
    found = await library.get("a.mp4")
    assert (found.title, found.rating, found.tags, found.notes) == ("Swim", 4, ("sea",), "wet")


async def test_words_may_be_in_title_tags_and_path(library: Library) -> None:
    await library.edit("a.mp4", title="Großer Tag", tags=["Meer"])
    await library.edit("b.mp4", tags=["meer", "x"])
    assert await library.found(q="meer") == {"a.mp4", "b.mp4"}
    assert await library.found(q="GROSSER meer a.mp4") == {"a.mp4"}
    assert await library.found(q="me a.") == {"a.mp4"}
    assert await library.found(q="tagmeer") == set()
    await check_index(library.database)


async def test_filters_by_tags_and_rating(library: Library) -> None:
    await library.edit("a.mp4", tags=["sea", "sun"], rating=5)
    await library.edit("b.mp4", tags=["SEA"], rating=3)
    assert await library.found(tags=frozenset({"Sea"})) == {"a.mp4", "b.mp4"}
    assert await library.found(tags=frozenset({"sea", "sun"})) == {"a.mp4"}
    assert await library.found(tags=frozenset({"nothing"})) == set()
    assert await library.found(min_rating=3) == {"a.mp4", "b.mp4"}
    assert await library.found(min_rating=4, tags=frozenset({"sea"})) == {"a.mp4"}
    assert await library.tag_counts() == {"sea": 2, "sun": 1}


async def test_nobody_overwrites_what_they_have_not_seen(library: Library) -> None:
    video_id = library.ids["a.mp4"]
    results = await asyncio.gather(
        *(
            library.annotations.edit(video_id, VideoEdit(title=f"{number}"), revisions={0})
            for number in range(5)
        ),
        return_exceptions=True,
    )
    assert [result for result in results if result is None] == [None]
    assert sum(isinstance(result, VideoChangedError) for result in results) == 4
    assert (await library.get("a.mp4")).revision == 1
    await library.annotations.edit(video_id, VideoEdit(title="now"), revisions={9, 1})
    with pytest.raises(VideoNotFoundError):
        await library.annotations.edit("\udcff", VideoEdit(title="x"), revisions=None)


async def test_tags_that_no_video_has_disappear(library: Library) -> None:
    await library.edit("a.mp4", tags=["one", "two"])
    await library.edit("b.mp4", tags=["two"])
    await library.edit("a.mp4", remove_tags=["ONE", "none"])
    assert await library.tag_counts() == {"two": 2}
    await library.videos.delete(library.ids["a.mp4"])
    await library.videos.delete(library.ids["b.mp4"])
    assert await library.tag_counts() == {}
    await library.edit("c.mp4", add_tags=["Two"])
    assert await library.tag_counts() == {"Two": 1}


async def test_many_videos_are_edited_together(library: Library) -> None:
    await library.edit("b.mp4", tags=["old", "kept"], title="B")
    edit = VideoEdit(add_tags=["new"], remove_tags=["old"], rating=2)
    ids = [library.ids["a.mp4"], "nobody", library.ids["b.mp4"], library.ids["a.mp4"]]
    counts = await library.bulk.edit_at_once(ids, BulkChange(edit))
    assert (counts.edited, counts.not_found) == (2, ["nobody"])
    first, second, third = [await library.get(name) for name in ("a.mp4", "b.mp4", "c.mp4")]
    assert (first.tags, first.rating, first.revision) == (("new",), 2, 1)
    assert (second.tags, second.title, second.revision) == (("kept", "new"), "B", 2)
    assert (third.tags, third.revision) == ((), 0)
    counts = await library.bulk.edit_at_once(
        VideoQuery(q="new", limit=1), BulkChange(VideoEdit(rating=5))
    )
    assert counts.edited == 2
    assert await library.found(min_rating=5) == {"a.mp4", "b.mp4"}


async def test_an_edit_of_many_is_made_whole_or_not_at_all(library: Library) -> None:
    await library.edit("b.mp4", tags=[f"t{number}" for number in range(100)])
    before = [await library.get(name) for name in library.ids]
    with pytest.raises(TooManyTagsError):
        await library.bulk.edit_at_once(
            list(library.ids.values()), BulkChange(VideoEdit(add_tags=["one more"], rating=1))
        )
    assert [await library.get(name) for name in library.ids] == before
    assert "one more" not in await library.tag_counts()


async def test_scans_leave_alone_what_people_said(database: Database) -> None:
    library = Library(database)
    (root,) = await library.videos.ensure_roots(["/one"])
    content = Content("film", 7, 1)
    await scan(database, root, {(root.id, "old/a.mp4"): content})
    (found,) = (await library.videos.find(VideoQuery())).items
    edit = VideoEdit(title="Swim", tags=["sea"], rating=5, notes="wet")
    await library.annotations.edit(found.id, edit, revisions={0})

    async def said() -> tuple[object, ...]:
        now = await library.videos.get(found.id)
        return now.title, now.tags, now.rating, now.notes, now.revision

    before = await said()
    await scan(database, root, {(root.id, "new/b.mp4"): content})
    assert await said() == before
    assert (await library.videos.find(VideoQuery(q="new swim sea"))).total == 1
    await scan(database, root, {})
    assert await said() == before
    assert await library.tag_counts() == {"sea": 0}
    await scan(database, root, {(root.id, "new/b.mp4"): content})
    await scan(database, root, {(root.id, "new/b.mp4"): Content("other", 8, 2)})
    await scan(database, root, {(root.id, "new/b.mp4"): Content("other", 8, 2)}, force=True)
    assert await said() == before
    assert await library.tag_counts() == {"sea": 1}
    assert (await library.videos.find(VideoQuery(q="swim"))).total == 1
    await check_index(database)


async def test_nothing_is_left_of_a_forgotten_video(library: Library) -> None:
    await library.edit("a.mp4", title="Swim", tags=["sea"])
    await library.videos.delete(library.ids["a.mp4"])
    async with library.database.read() as connection:
        for table in (tables.video_annotations, tables.video_tags):
            assert await connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
