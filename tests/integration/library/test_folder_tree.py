"""The tree of folders, on a real database: order, pages, counts, pictures, odd names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.integration.library.rows import save, video
from tests.integration.library.scans import bad

from stoat_ferret.errors import FolderNotFoundError, InvalidCursorError
from stoat_ferret.folded_text import sort_key
from stoat_ferret.library.folder_recount import recount_level
from stoat_ferret.library.folder_tree import FolderTree, LibraryFolder
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import videos
from stoat_ferret.library.video import FoundFile, VideoStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database

MARK = "\N{REPLACEMENT CHARACTER}"


def names(folders: Sequence[LibraryFolder]) -> list[str]:
    return [folder.name for folder in folders]


async def fill(database: Database, *paths: str) -> FolderTree:
    """Return the tree of a library with these videos in the root `one`."""
    (root,) = await VideoRepository(database).ensure_roots(["/one"])
    await save(database, root, *map(video, paths))
    return FolderTree(database)


async def test_a_level_is_in_natural_order_with_counts(database: Database) -> None:
    paths = [
        "top.mp4",
        "clip10/1.mp4",
        "clip2/1.mp4",
        "clip2/b/c/2.mp4",
        "Éte/1.mp4",
        "ete 2/1.mp4",
    ]
    tree = await fill(database, *paths)
    level = await tree.level("one")
    assert level.folder == LibraryFolder("one", "", "one", 1, 6, 0, has_subfolders=True)
    assert names(level.items) == ["clip2", "clip10", "Éte", "ete 2"]
    assert level.items[0] == LibraryFolder("one", "clip2", "clip2", 1, 2, 0, has_subfolders=True)
    assert not level.items[1].has_subfolders
    assert (level.total, level.next_cursor) == (4, None)
    (below,) = (await tree.level("one", "/clip2/")).items
    assert (below.folder, below.videos, below.total_videos) == ("clip2/b", 0, 1)


async def test_roots_with_records_and_those_in_use_are_listed(database: Database) -> None:
    repository = VideoRepository(database)
    _, ten, two = await repository.ensure_roots(["/gone", "/part 10", "/part 2"])
    await save(database, ten, video("a/1.mp4"), bad(FoundFile("broken.mp4", 1, 1)))
    listed = await FolderTree(database).roots(["part 2"])
    assert names(listed) == [two.name, ten.name]
    assert [(one.total_videos, one.has_subfolders) for one in listed] == [(0, False), (1, True)]


async def test_pages_continue_and_begin_anywhere(database: Database) -> None:
    tree = await fill(database, *(f"n{number}/1.mp4" for number in range(25)))
    seen, cursor = list[str](), None
    while True:
        page = await tree.level("one", limit=7, cursor=cursor)
        seen += names(page.items)
        assert page.total == 25
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [f"n{number}" for number in range(25)]
    assert names((await tree.level("one", offset=20, limit=10)).items) == seen[20:]
    assert (await tree.level("one", offset=25)).items == []


async def test_a_cursor_of_another_level_is_refused(database: Database) -> None:
    tree = await fill(database, "a/x/1.mp4", "a/y/1.mp4", "b/1.mp4")
    cursor = (await tree.level("one", "a", limit=1)).next_cursor
    for wrong in (cursor, "", "é", "bm90IGpzb24", "W10"):
        with pytest.raises(InvalidCursorError):
            await tree.level("one", cursor=wrong)


async def test_an_unknown_folder_is_an_error_and_an_empty_root_is_none(database: Database) -> None:
    tree = await fill(database)
    assert (await tree.level("one")).items == []
    assert [placed.index for placed in await tree.path("one")] == [0]
    for root, folder in (("one", "a"), ("two", None), ("one", "\0"), ("\ud800", "")):
        with pytest.raises(FolderNotFoundError):
            await tree.level(root, folder)
        with pytest.raises(FolderNotFoundError):
            await tree.path(root, folder)


async def test_the_way_to_a_folder_has_its_places(database: Database) -> None:
    tree = await fill(database, "a/1.mp4", "c/9/1.mp4", "c/10/z/1.mp4", "b/1.mp4")
    way = await tree.path("one", "c/10/z")
    assert [(one.folder.folder, one.index) for one in way] == [
        ("", 0),
        ("c", 2),
        ("c/10", 1),
        ("c/10/z", 0),
    ]


async def test_names_that_are_not_unicode_have_a_folder(database: Database) -> None:
    tree = await fill(database, os.fsdecode(b"caf\xe9/1.mp4"), "plain/1.mp4")
    (odd, _) = (await tree.level("one")).items
    assert odd.folder == odd.name == f"caf{MARK}"
    found = await VideoRepository(database).find(VideoQuery(root="one", folder=odd.folder))
    assert found.total == odd.videos == 1
    assert (await tree.path("one", odd.folder))[-1].folder.videos == 1


async def test_a_missing_folder_stays_and_counts_what_is_missing(database: Database) -> None:
    tree = await fill(database, "a/1.mp4", "b/1.mp4")
    async with database.write() as connection:
        gone = sa.update(videos).where(videos.c.folder == "a/")
        await connection.execute(gone.values(missing_since=sa.func.current_timestamp()))
    a, b = (await tree.level("one")).items
    assert (a.videos, a.total_videos, a.missing) == (0, 0, 1)
    assert (b.videos, b.missing) == (1, 0)


async def test_a_folder_is_pictured_by_a_video_of_its_own_root(database: Database) -> None:
    one, two = await VideoRepository(database).ensure_roots(["/one", "/two"])
    await save(database, one, video("a/b/1.mp4"), video("a/c/2.mp4"))
    await save(database, two, video("a/b/3.mp4"), bad(FoundFile("a/a/0.mp4", 1, 1)))
    tree = FolderTree(database)
    assert (await tree.level("two")).items[0].picture is None
    async with database.write() as connection:
        await connection.execute(sa.update(videos).values(thumbnail_version=1))
    (a,) = (await tree.level("two")).items
    (third,) = (await VideoRepository(database).find(VideoQuery(root="two"))).items
    assert a.picture is not None
    assert a.picture.id == third.id


places = st.lists(st.sampled_from(["a", "b2", "b10", "É", "x y"]), max_size=3)
paths = st.builds(lambda folders, name: "/".join([*folders, name]), places, st.sampled_from("12"))


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=st.sets(paths, max_size=12), gone=st.sets(st.integers(0, 11)))
async def test_each_level_equals_a_recount_and_the_lists_of_videos(
    known: set[str],
    gone: set[int],
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> None:
    async with new_library() as database:
        tree = await fill(database, *sorted(f"{path}.mp4" for path in known))
        async with database.write() as connection:
            numbers = list(await connection.scalars(sa.select(videos.c.number)))
            lost = [number for place, number in enumerate(numbers) if place in gone]
            await connection.execute(
                sa.update(videos)
                .where(videos.c.number.in_(lost))
                .values(missing_since=sa.func.current_timestamp())
            )
            (root_id,) = await connection.scalars(sa.text("SELECT id FROM roots"))
        await check_level(database, tree, root_id, "")


async def check_level(database: Database, tree: FolderTree, root_id: int, folder: str) -> None:
    """Fail if a level, or one below it, is not what the rows and the lists of videos say."""
    level = await tree.level("one", folder)
    async with database.read() as connection:
        own, counted = await recount_level(connection, root_id, f"{folder}/" if folder else "")
    assert len(level.items) == level.total == len(counted)
    order = [(sort_key(item.name), item.folder) for item in level.items]
    assert order == sorted(order)
    for item, counts in [(level.folder, own), *((i, counted[f"{i.folder}/"]) for i in level.items)]:
        assert (item.videos, item.total_videos, item.missing, item.has_subfolders) == (
            counts.videos,
            counts.videos_below,
            counts.missing,
            counts.has_subfolders,
        )
        repository = VideoRepository(database)
        for subfolders, status, expected in (
            (True, VideoStatus.OK, item.total_videos),
            (False, VideoStatus.OK, item.videos),
            (True, VideoStatus.MISSING, item.missing),
        ):
            query = VideoQuery(
                root="one", folder=item.folder, subfolders=subfolders, status=frozenset({status})
            )
            assert (await repository.find(query)).total == expected
    for index, item in enumerate(level.items):
        assert (await tree.path("one", item.folder))[-1].index == index
        await check_level(database, tree, root_id, item.folder)
