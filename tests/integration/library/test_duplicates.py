"""Files with the same content: their groups, and how they are resolved and that is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.rows import save, video
from tests.integration.library.test_annotations import Library

from stoat_ferret.errors import DuplicatesChangedError, InvalidCursorError, TooManyTagsError
from stoat_ferret.library.duplicate_resolution import DuplicateResolver, KeptCopy
from stoat_ferret.library.duplicates import MAX_SHOWN, DuplicateRepository
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.tables import videos
from stoat_ferret.library.undo import Restored, UndoLog

if TYPE_CHECKING:
    from stoat_ferret.database import Database

FILES = {"a.mp4": "one", "b.mp4": "one", "c.mp4": "one", "d.mp4": "two", "e.mp4": "two"}


class DuplicateLibrary(Library):
    """Three copies of a file of 10 bytes, two of one of 100, and one alone."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.groups = DuplicateRepository(database)
        self.resolver = DuplicateResolver(database)
        self.undos = UndoLog(database)

    async def fill(self, **more: str) -> None:
        (root,) = await self.videos.ensure_roots(["/one"])
        named = {**FILES, "alone.mp4": "three", **{f"{name}.mp4": of for name, of in more.items()}}
        sizes = {"one": 10, "two": 100}
        files = [
            video(path, fingerprint=content, size=sizes.get(content, 1))
            for path, content in named.items()
        ]
        await save(self.database, root, *files)
        found = (await self.videos.find(VideoQuery(limit=500))).items
        self.ids = {item.path: item.id for item in found}

    async def open_groups(self) -> dict[str, int]:
        return {one.fingerprint: one.copies for one in (await self.groups.find()).items}

    async def resolve(self, path: str, *, tag_others: str | None = None) -> str:
        choice = KeptCopy(FILES[path], self.ids[path])
        return (await self.resolver.resolve([choice], tag_others=tag_others)).undo

    async def set_missing(self, path: str, *, missing: bool) -> None:
        update = sa.update(videos).where(videos.c.id == self.ids[path])
        since = videos.c.added_at if missing else None
        async with self.database.write() as connection:
            await connection.execute(update.values(missing_since=since))


@pytest.fixture
async def library(database: Database) -> DuplicateLibrary:
    made = DuplicateLibrary(database)
    await made.fill()
    return made


async def test_groups_come_with_the_most_spare_bytes_first_and_in_pages(
    library: DuplicateLibrary,
) -> None:
    page = await library.groups.find()
    assert [(one.fingerprint, one.copies, one.spare_bytes) for one in page.items] == [
        ("two", 2, 100),
        ("one", 3, 20),
    ]
    assert (page.total, page.spare_bytes, page.next_after) == (2, 120, None)
    assert [copy.video.path for copy in page.items[1].listed] == ["a.mp4", "b.mp4", "c.mp4"]
    first = await library.groups.find(limit=1)
    assert first.next_after is not None
    rest = await library.groups.find(after=first.next_after, limit=1)
    assert [one.fingerprint for one in (*first.items, *rest.items)] == ["two", "one"]
    assert (rest.total, rest.next_after) == (2, None)
    for wrong in ("one", "x:one", "9" * 30 + ":one"):
        with pytest.raises(InvalidCursorError):
            await library.groups.find(after=wrong)


async def test_missing_copies_do_not_count_until_they_are_back(library: DuplicateLibrary) -> None:
    for path in ("a.mp4", "d.mp4"):
        await library.set_missing(path, missing=True)
    assert await library.open_groups() == {"one": 2}
    await library.videos.delete(library.ids["b.mp4"])
    assert await library.open_groups() == {}
    await library.set_missing("a.mp4", missing=False)
    assert await library.open_groups() == {"one": 2}


async def test_the_copy_with_the_most_details_is_suggested(library: DuplicateLibrary) -> None:
    suggested = {one.fingerprint: one.suggested for one in (await library.groups.find()).items}
    assert suggested == {"one": library.ids["a.mp4"], "two": library.ids["d.mp4"]}
    await library.edit("b.mp4", rating=1)
    await library.edit("c.mp4", tags=["sea", "sun"])
    suggested = {one.fingerprint: one.suggested for one in (await library.groups.find()).items}
    assert suggested == {"one": library.ids["c.mp4"], "two": library.ids["d.mp4"]}


async def test_the_kept_copy_takes_over_what_it_lacks_and_that_is_undone(
    library: DuplicateLibrary,
) -> None:
    await library.edit("a.mp4", tags=["sea"], notes="mine", rating=2)
    await library.edit("b.mp4", tags=["Sea", "sun"], notes="yours", rating=5, title="B")
    await library.edit("c.mp4", notes="mine", title="C")
    before = [await library.get(path) for path in FILES]
    token = await library.resolve("a.mp4", tag_others="duplicate")
    kept, other, third = [await library.get(path) for path in ("a.mp4", "b.mp4", "c.mp4")]
    assert (kept.title, kept.rating, kept.notes) == ("B", 2, "mine\n\nyours")
    assert (kept.tags, other.tags, third.tags) == (
        ("sea", "sun"),
        ("duplicate", "sea", "sun"),
        ("duplicate",),
    )
    assert await library.open_groups() == {"two": 2}
    assert await library.undos.undo_at_once(token) == Restored(3, 0)
    after = [await library.get(path) for path in FILES]
    for one, two in zip(before, after, strict=True):
        assert (one.title, one.tags, one.rating, one.notes) == (
            *(two.title, two.tags, two.rating),
            two.notes,
        )
    assert await library.open_groups() == {"two": 2, "one": 3}


async def test_a_resolved_group_is_open_again_with_another_copy(library: DuplicateLibrary) -> None:
    first = await library.resolve("d.mp4")
    assert await library.open_groups() == {"one": 3}
    await library.fill(f="two")
    assert await library.open_groups() == {"two": 3, "one": 3}
    second = await library.resolve("d.mp4")
    assert await library.open_groups() == {"one": 3}
    assert await library.undos.undo_at_once(second) == Restored(0, 0)
    assert await library.open_groups() == {"two": 3, "one": 3}
    await library.videos.delete(library.ids["f.mp4"])
    assert await library.open_groups() == {"one": 3}
    await library.undos.undo_at_once(first)
    assert await library.open_groups() == {"two": 2, "one": 3}


async def test_several_groups_are_resolved_all_or_none(library: DuplicateLibrary) -> None:
    gone = [
        KeptCopy("one", library.ids["a.mp4"]),
        KeptCopy("two", library.ids["a.mp4"]),
    ]
    for wrong in (gone, [KeptCopy("three", library.ids["alone.mp4"])], [KeptCopy("x", "y")]):
        with pytest.raises(DuplicatesChangedError):
            await library.resolver.resolve(wrong, tag_others="duplicate")
    await library.edit("a.mp4", tags=[f"t{number}" for number in range(100)])
    await library.edit("b.mp4", tags=["one more"])
    with pytest.raises(TooManyTagsError):
        await library.resolve("a.mp4")
    assert await library.open_groups() == {"two": 2, "one": 3}
    assert "duplicate" not in await library.tag_counts()
    both = [KeptCopy("one", library.ids["c.mp4"]), KeptCopy("two", library.ids["e.mp4"])]
    await library.edit("a.mp4", tags=[])
    done = await library.resolver.resolve(both, tag_others="duplicate")
    assert (done.resolved, done.edited) == (2, 4)
    assert await library.open_groups() == {}
    assert await library.undos.undo_at_once(done.undo) == Restored(4, 0)
    assert await library.open_groups() == {"two": 2, "one": 3}


async def test_resolved_groups_are_listed_and_opened_again(library: DuplicateLibrary) -> None:
    await library.resolve("a.mp4")
    keeping = [KeptCopy("two", None)]
    kept = await library.resolver.resolve(keeping, tag_others="duplicate")
    assert (kept.resolved, kept.edited) == (1, 0)
    page = await library.groups.find(resolved=True)
    assert [(one.fingerprint, one.copies) for one in page.items] == [("two", 2), ("one", 3)]
    assert all(one.resolved_at is not None for one in page.items)
    assert (page.total, await library.open_groups()) == (2, {})
    first = await library.groups.find(resolved=True, limit=1)
    rest = await library.groups.find(resolved=True, after=first.next_after or "")
    assert [one.fingerprint for one in (*first.items, *rest.items)] == ["two", "one"]
    assert await library.resolver.reopen(["one", "two", "unknown"]) == 2
    assert await library.open_groups() == {"two": 2, "one": 3}
    assert (await library.groups.find(resolved=True)).total == 0
    assert await library.undos.undo_at_once(kept.undo) == Restored()
    assert await library.open_groups() == {"two": 2, "one": 3}


async def test_of_very_many_copies_only_the_first_are_listed(library: DuplicateLibrary) -> None:
    await library.fill(**{f"many{number:03}": "many" for number in range(MAX_SHOWN + 3)})
    many = next(one for one in (await library.groups.find()).items if one.fingerprint == "many")
    assert (many.copies, len(many.listed)) == (MAX_SHOWN + 3, MAX_SHOWN)
