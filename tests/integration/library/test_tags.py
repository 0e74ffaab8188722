"""The list of tags, and their renaming, merging, deleting and undoing, on a real database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.tag_edits import TagEdits
from tests.integration.library.test_annotations import Library
from tests.integration.library.test_search import check_index

from stoat_ferret.errors import InvalidCursorError, TagExistsError, TagNotFoundError
from stoat_ferret.library import tables
from stoat_ferret.library.tags import TagSort
from stoat_ferret.library.undo import Restored, UndoLog

if TYPE_CHECKING:
    from stoat_ferret.database import Database

NAMES = ("a.mp4", "b.mp4", "c.mp4")


class TagLibrary(Library):
    """A few videos, and edits of their tags."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.edits = TagEdits(database)
        self.undos = UndoLog(database)

    async def tags_of(self, path: str) -> tuple[str, ...]:
        return tuple((await self.get(path)).tags)

    async def all_tags(self) -> list[tuple[str, ...]]:
        return [await self.tags_of(name) for name in NAMES]


@pytest.fixture
async def library(database: Database) -> TagLibrary:
    made = TagLibrary(database)
    await made.add(*NAMES)
    await made.edit("a.mp4", tags=["sea", "ocean"])
    await made.edit("b.mp4", tags=["ocean"])
    await made.edit("c.mp4", tags=["sea"])
    return made


async def test_a_tag_is_renamed_and_that_is_undone(library: TagLibrary) -> None:
    token = await library.edits.rename("sea", "Die See")
    assert await library.tag_counts() == {"Die See": 2, "ocean": 2}
    assert await library.found(q="die see") == {"a.mp4", "c.mp4"}
    assert await library.undos.undo_at_once(token) == Restored(2, 0)
    assert await library.all_tags() == [("ocean", "sea"), ("ocean",), ("sea",)]
    await check_index(library.database)


async def test_a_merge_is_asked_for_and_that_is_undone(library: TagLibrary) -> None:
    with pytest.raises(TagExistsError, match="ocean"):
        await library.edits.rename("sea", "OCEAN")
    assert await library.tag_counts() == {"ocean": 2, "sea": 2}
    token = await library.edits.rename("sea", "OCEAN", merge=True)
    assert await library.all_tags() == [("ocean",)] * 3
    assert await library.found(q="sea") == set()
    assert await library.undos.undo_at_once(token) == Restored(2, 0)
    assert await library.all_tags() == [("ocean", "sea"), ("ocean",), ("sea",)]


async def test_another_spelling_edits_no_video_and_is_undone(library: TagLibrary) -> None:
    token = await library.edits.rename("sea", "SEA")
    assert await library.all_tags() == [("ocean", "SEA"), ("ocean",), ("SEA",)]
    assert (await library.get("c.mp4")).revision == 1
    assert await library.undos.undo_at_once(token) == Restored(2, 0)
    assert await library.tags_of("c.mp4") == ("sea",)


async def test_a_spelling_that_was_changed_since_stays(library: TagLibrary) -> None:
    token = await library.edits.rename("sea", "SEA")
    await library.edits.rename("sea", "Sea")
    assert await library.undos.undo_at_once(token) == Restored(0, 0)
    assert await library.tags_of("c.mp4") == ("Sea",)


async def test_a_deleted_tag_comes_back_with_its_spelling(library: TagLibrary) -> None:
    tag_id = await library.edits.id_of("sea")
    token = await library.edits.delete("sea")
    assert await library.all_tags() == [("ocean",), ("ocean",), ()]
    for action in (library.edits.editor.delete, library.tags.get):
        with pytest.raises(TagNotFoundError):
            await action(tag_id)
    await library.edit("b.mp4", tags=["SEA"])
    assert await library.undos.undo_at_once(token) == Restored(2, 0)
    assert await library.all_tags() == [("ocean", "SEA"), ("SEA",), ("SEA",)]


async def test_missing_videos_keep_their_tag_and_are_counted_apart(library: TagLibrary) -> None:
    gone = tables.videos.c.id.in_([library.ids["a.mp4"], library.ids["c.mp4"]])
    async with library.database.write() as connection:
        missing = sa.update(tables.videos).where(gone)
        await connection.execute(missing.values(missing_since=tables.videos.c.added_at))
    tag = await library.tags.named("sea")
    assert tag is not None
    assert (tag.count, tag.missing, tag.videos) == (0, 2, 2)
    await library.edits.rename("sea", "lake")
    assert await library.all_tags() == [("lake", "ocean"), ("ocean",), ("lake",)]


async def test_tags_are_listed_by_their_beginning_and_in_parts(library: TagLibrary) -> None:
    for name in ("b.mp4", "c.mp4"):
        await library.edit(name, tags=[])
    await library.edit("a.mp4", tags=["Äpfel", "apt", "b%", "B_", "zoo"])
    assert list(await library.tag_counts("AP")) == ["Äpfel", "apt"]
    assert list(await library.tag_counts("b%")) == ["b%"]
    assert list(await library.tag_counts("\0")) == []
    names, after = [], ""
    while True:
        page = await library.tags.find(after=after, limit=2)
        assert page.total == 5
        names += [tag.name for tag in page.items]
        if page.next_after is None:
            break
        after = page.next_after
    assert names == ["Äpfel", "apt", "b%", "B_", "zoo"]


async def test_tags_are_found_anywhere_and_sorted_by_use(library: TagLibrary) -> None:
    await library.edit("b.mp4", tags=["ocean", "ocean floor", "50%"])
    found = await library.tags.find("CEAN", anywhere=True)
    assert [tag.name for tag in found.items] == ["ocean", "ocean floor"]
    assert [tag.name for tag in (await library.tags.find("%", anywhere=True)).items] == ["50%"]
    names, after = [], ""
    while True:
        page = await library.tags.find(sort=TagSort.COUNT, after=after, limit=1)
        names += [tag.name for tag in page.items]
        if page.next_after is None:
            break
        after = page.next_after
    assert names == ["ocean", "sea", "50%", "ocean floor"]
    for wrong in ("ocean", "x:ocean", "-1:ocean", "1" * 20 + ":ocean"):
        with pytest.raises(InvalidCursorError):
            await library.tags.find(sort=TagSort.COUNT, after=wrong)
