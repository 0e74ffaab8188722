"""Collections keep their videos in the order that people choose, and changes can be undone."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.rows import save, video
from tests.integration.library.scans import ids

from stoat_ferret.errors import (
    CollectionChangedError,
    CollectionExistsError,
    CollectionFullError,
    CollectionNotFoundError,
    NotInCollectionError,
    TooManyCollectionsError,
    UndoEndedError,
)
from stoat_ferret.library import collection_entries
from stoat_ferret.library import collections as collections_module
from stoat_ferret.library.bulk_edits import FORGETTING, BulkEdits
from stoat_ferret.library.collection_entries import CollectionEntries
from stoat_ferret.library.collections import CollectionRepository
from stoat_ferret.library.query import SortOrder, VideoFilter, VideoList, VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import collection_videos, videos
from stoat_ferret.library.undo import UndoLog
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from stoat_ferret.database import Database

NAMES = "abcdefgh"
ALL = frozenset(VideoStatus)


class Library:
    """Videos with the names `a` to `h`, and one collection."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.repository = CollectionRepository(database)
        self.entries = CollectionEntries(database)
        self.videos = VideoRepository(database)
        self.undos = UndoLog(database)
        self.ids: dict[str, str] = {}
        self.id = ""

    async def fill(self) -> None:
        (root,) = await self.videos.ensure_roots(["/one"])
        await save(self.database, root, *(video(f"{name}.mp4") for name in NAMES))
        paths = await ids(self.database)
        self.ids = {PurePosixPath(path).stem: one for path, one in paths.items()}
        self.id = (await self.repository.add("Trips")).id

    def of(self, names: str) -> list[str]:
        return [self.ids[name] for name in names]

    async def add(self, names: str) -> str:
        """Add these videos; return the token that undoes it."""
        return (await self.entries.add(self.id, self.of(names))).undo or ""

    async def move(self, names: str, before: str | None) -> str:
        anchor = None if before is None else self.ids[before]
        return (await self.entries.move(self.id, self.of(names), before=anchor)).undo or ""

    async def order(self, **query: object) -> str:
        """Return the names of the videos."""
        wanted = VideoQuery(**{"collection": self.id, "status": ALL, **query})
        page = await self.videos.find(wanted)
        assert page.total == len(page.items)
        by_id = {one: name for name, one in self.ids.items()}
        return "".join(by_id[one.id] for one in page.items)

    async def check_pages(self, order: SortOrder) -> None:
        """Check that the list is the same page by page and by index."""
        wanted = VideoList(collection=self.id, order=order)
        found = self.of(await self.order(order=order))
        paged, cursor = list[str](), None
        while True:
            page = await self.videos.find(VideoQuery(**dict(wanted), limit=2, cursor=cursor))
            paged += [one.id for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert paged == found
        skipped = await self.videos.find(VideoQuery(**dict(wanted), offset=1))
        assert [one.id for one in skipped.items] == found[1:]
        for index, one in enumerate(found):
            assert await self.videos.find_index(one, wanted) == index


@pytest.fixture
async def library(database: Database) -> Library:
    """Return a library with an empty collection."""
    library = Library(database)
    await library.fill()
    return library


async def test_videos_are_in_the_order_in_which_they_were_added(library: Library) -> None:
    added = await library.entries.add(library.id, [*library.of("cab"), "unknown", *library.of("a")])
    assert (added.changed, added.unchanged, list(added.not_found)) == (3, 0, ["unknown"])
    again = await library.entries.add(library.id, library.of("bd"))
    assert (again.changed, again.unchanged) == (1, 1)
    assert await library.order() == "cabd"
    assert await library.order(order=SortOrder.DESC) == "dbac"
    await library.check_pages(SortOrder.ASC)
    await library.check_pages(SortOrder.DESC)
    assert await library.order(sort=VideoSort.NAME) == "abcd"
    assert await library.order(q="b") == "b"
    assert (await library.repository.get(library.id)).count == 4


async def test_a_whole_list_is_added_in_its_order(library: Library) -> None:
    found = VideoList(sort=VideoSort.NAME, order=SortOrder.DESC)
    await library.entries.add(library.id, found)
    assert await library.order() == NAMES[::-1]
    other = (await library.repository.add("Others")).id
    await library.entries.add(other, VideoList(collection=library.id))
    library.id = other
    assert await library.order() == NAMES[::-1]


MOVES = [
    ("d", "a", "dabce"),
    ("a", None, "bcdea"),
    ("b", "e", "acdbe"),
    ("eb", "c", "aebcd"),
    ("c", "d", "abcde"),
    ("edcba", None, "edcba"),
    ("gb", "a", "bacde"),
]
"""The videos that are moved, the one that they are moved before, and the order afterwards."""


async def test_videos_move_and_move_back(library: Library) -> None:
    await library.add("abcde")
    for moved, before, expected in MOVES:
        token = await library.move(moved, before)
        assert await library.order() == expected
        await library.undos.undo_at_once(token)
        assert await library.order() == "abcde"


async def test_any_moves_lead_to_the_same_order_as_those_of_a_list(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So short that keys are often made anew.
    monkeypatch.setattr(collection_entries, "MAX_LENGTH", 4)
    await library.add(NAMES)
    order = list(NAMES)
    for step in range(12):
        moved = [order[(step * 3 + 5 * one) % len(order)] for one in range(step % 3 + 1)]
        others = [name for name in order if name not in moved]
        place = (0, 1, 1, len(others))[step % 4]
        before = others[place] if place < len(others) else None
        await library.move("".join(moved), before)
        order = [*others[:place], *moved, *others[place:]]
        assert await library.order() == "".join(order)


async def test_equal_keys_are_told_apart_when_something_moves_between_them(
    library: Library,
) -> None:
    await library.add("abcd")
    async with library.database.write() as connection:
        await connection.execute(sa.update(collection_videos).values(position="V"))
    await library.move("d", "b")
    assert await library.order() == "adbc"


async def test_a_move_before_a_video_that_is_gone_changes_nothing(library: Library) -> None:
    await library.add("abc")
    await library.entries.remove(library.id, library.of("b"))
    with pytest.raises(NotInCollectionError):
        await library.move("c", "b")
    assert await library.order() == "ac"


async def test_removed_videos_return_to_their_places(library: Library) -> None:
    await library.add("abcde")
    removed = await library.entries.remove(library.id, library.of("dbh"))
    assert (removed.changed, removed.unchanged) == (2, 1)
    assert await library.order() == "ace"
    await library.move("e", "a")
    restored = await library.undos.undo_at_once(removed.undo or "")
    assert restored.restored == 2
    assert await library.order() == "eabcd"
    with pytest.raises(UndoEndedError):
        await library.undos.undo_at_once(removed.undo or "")


async def test_all_that_a_list_finds_is_removed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection_entries, "SLICE", 2)
    await library.add("hgfedcba")
    found = VideoFilter(collection=library.id, q="mp4")
    removed = await library.entries.remove(library.id, found)
    assert removed.changed == 8
    assert await library.order() == ""
    await library.undos.undo_at_once(removed.undo or "")
    assert await library.order() == "hgfedcba"


async def test_what_was_added_is_taken_out_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection_entries, "ADDED_SLICE", 2)
    await library.add("a")
    token = await library.add("bacde")
    await library.entries.remove(library.id, library.of("c"))
    restored = await library.undos.undo_at_once(token)
    assert (restored.restored, restored.changed_since) == (3, 1)
    assert await library.order() == "a"


async def test_a_deleted_collection_returns_with_its_videos(library: Library) -> None:
    await library.add("cab")
    token = await library.repository.delete(library.id)
    assert await library.repository.find() == []
    assert await library.order() == ""
    with pytest.raises(CollectionNotFoundError):
        await library.add("d")
    await library.repository.add("TRIPS")
    await library.undos.undo_at_once(token)
    assert await library.order() == "cab"
    assert [one.name for one in await library.repository.find()] == ["TRIPS", "Trips (2)"]


async def test_an_empty_collection_returns_too(library: Library) -> None:
    token = await library.repository.delete(library.id)
    await library.undos.undo_at_once(token)
    assert (await library.repository.get(library.id)).name == "Trips"


async def test_videos_that_are_removed_from_the_library_return_to_their_places(
    library: Library,
) -> None:
    await library.add("abc")
    edited = await BulkEdits(library.database).edit_at_once(library.of("ab"), FORGETTING)
    assert await library.order() == "c"
    gone = (await library.repository.add("Gone")).id
    await library.repository.delete(gone)
    await library.undos.undo_at_once(edited.undo)
    assert await library.order() == "abc"


async def test_missing_videos_keep_their_places(library: Library) -> None:
    await library.add("abc")
    async with library.database.write() as connection:
        lost = sa.update(videos).where(videos.c.id == library.ids["b"])
        await connection.execute(lost.values(missing_since=videos.c.added_at))
    assert await library.order() == "abc"
    assert await library.order(status=frozenset({VideoStatus.OK})) == "ac"
    await library.move("c", "b")
    assert await library.order() == "acb"


async def test_names_are_one_of_a_kind(library: Library) -> None:
    with pytest.raises(CollectionExistsError, match="Trips"):
        await library.repository.add("trips")
    other = await library.repository.add("Été")
    with pytest.raises(CollectionExistsError):
        await library.repository.rename(other.id, "TRIPS", revisions=None)
    renamed = await library.repository.rename(other.id, "ete", revisions={1})
    assert (renamed.name, renamed.revision) == ("ete", 2)
    with pytest.raises(CollectionChangedError, match="ete"):
        await library.repository.rename(other.id, "Winter", revisions={1})


async def test_the_collections_of_a_video_are_listed(library: Library) -> None:
    await library.add("ab")
    await library.repository.add("Others")
    of_video = await library.repository.find(video_id=library.ids["a"])
    assert [one.name for one in of_video] == ["Trips"]
    assert await library.repository.find(video_id=library.ids["c"]) == []


async def test_numbers_are_bounded(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection_entries, "MAX_VIDEOS", 3)
    monkeypatch.setattr(collections_module, "MAX_COLLECTIONS", 1)
    await library.add("ab")
    with pytest.raises(CollectionFullError):
        await library.add("bcd")
    with pytest.raises(CollectionFullError):
        await library.entries.add(library.id, VideoList())
    await library.add("abc")
    assert await library.order() == "abc"
    with pytest.raises(TooManyCollectionsError):
        await library.repository.add("Others")
