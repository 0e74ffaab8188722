"""Videos by id and in lists, on a real database."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.filters import SORTS
from tests.integration.library.rows import save, video
from tests.integration.library.scans import bad, open_inventory

from stoat_ferret import folded_text
from stoat_ferret.errors import InvalidCursorError, VideoNotFoundError
from stoat_ferret.library.query import MAX_LIMIT, SortOrder, VideoFilter, VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import FoundFile, Root, ScannedFile, Video, VideoStatus
from stoat_ferret.media.media_info import HdrKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database


@pytest.fixture
def repository(database: Database) -> VideoRepository:
    return VideoRepository(database)


async def paths(repository: VideoRepository, **query: object) -> list[str]:
    page = await repository.find(VideoQuery(**query))
    assert page.total == len(page.items)
    return [item.path for item in page.items]


async def test_roots_are_called_like_their_folder_and_stay(repository: VideoRepository) -> None:
    first = await repository.ensure_roots(["/a/films", "/b/films", "/", "/c/\udcff"])
    assert [root.name for root in first] == ["films", "films (2)", "/", "\ufffd"]
    assert [root.path for root in first] == ["/a/films", "/b/films", "/", "/c/\udcff"]
    again = await repository.ensure_roots(["/b/films/", "/new", "/b/../b/films"])
    assert again == [first[1], Root(5, "new", "/new"), first[1]] or again[0] == again[2] == first[1]
    assert await repository.roots() == [*first, again[1]]


async def test_many_videos_come_by_their_ids_and_ids_by_name(
    database: Database, repository: VideoRepository
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    await save(database, root, *(video(f"{number:03}.mp4") for number in range(MAX_LIMIT + 1)))
    ids = await repository.find_ids(VideoFilter(), limit=1000)
    found = await repository.get_many([*reversed(ids), "nobody"])
    assert [found[one].path for one in ids] == [f"{n:03}.mp4" for n in range(MAX_LIMIT + 1)]
    assert len(found) == len(ids)
    assert await repository.find_ids(VideoFilter(), limit=2) == ids[:2]
    assert await repository.find_ids(VideoFilter(q="007"), limit=9) == ids[7:8]


async def test_a_video_comes_back_as_it_was_saved(
    database: Database, repository: VideoRepository
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    saved = video("a/b.mp4", size=2**40, mtime=1_700_000_000_123_456_789, hdr=HdrKind.HLG)
    await save(database, root, saved)
    (listed,) = (await repository.find(VideoQuery())).items
    found = await repository.get(listed.id)
    assert listed == Video(*(getattr(found, field.name) for field in fields(Video)))
    assert (found.root, found.path, found.status) == (root, "a/b.mp4", VideoStatus.OK)
    assert (found.size_bytes, found.mtime_ns) == (2**40, 1_700_000_000_123_456_789)
    assert saved.media
    assert (found.media_info, found.fingerprint) == (saved.media.media_info, "'a/b.mp4'")
    assert found.added_at.utcoffset() is not None
    assert found.missing_since is None


@pytest.mark.parametrize("order", SortOrder)
async def test_numbers_in_names_are_in_order_on_every_page(
    database: Database, repository: VideoRepository, order: SortOrder
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    wanted = [
        *(f"x/Talk {number}.mp4" for number in range(1, 13)),
        "x/Talk 012.mp4",
        "a/talk 100\udcff.mp4",
        f"x/Talk {'9' * 40}.mp4",
        f"x/Talk 1{'0' * 40}.mp4",
    ]
    await save(database, root, *map(video, sorted(wanted)))
    query = VideoQuery(sort=VideoSort.NAME, order=order, limit=3)
    seen: list[str] = []
    while True:
        page = await repository.find(query)
        seen += [item.path for item in page.items]
        if page.next_cursor is None:
            break
        query = query.model_copy(update={"cursor": page.next_cursor})
    assert seen == (wanted if order is SortOrder.ASC else wanted[::-1])
    # As the page asks for the neighbors of a video.
    for place in range(len(seen) - 1):
        beside = await repository.find(
            query.model_copy(update={"cursor": None, "offset": place, "limit": 2})
        )
        assert [item.path for item in beside.items] == seen[place : place + 2]


@pytest.mark.parametrize("video_id", ["nothing", "", "'; --", "\udcff\0"])
async def test_an_unknown_id_is_an_error(repository: VideoRepository, video_id: str) -> None:
    with pytest.raises(VideoNotFoundError):
        await repository.get(video_id)
    with pytest.raises(VideoNotFoundError):
        await repository.delete(video_id)


async def test_a_deleted_video_is_forgotten(
    database: Database, repository: VideoRepository
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    await save(database, root, video("a.mp4"), video("b.mp4"))
    kept, gone = (await repository.find(VideoQuery(order=SortOrder.DESC))).items
    await repository.delete(gone.id)
    assert (await repository.find(VideoQuery())).items == [kept]
    with pytest.raises(VideoNotFoundError):
        await repository.get(gone.id)


async def test_duplicates_are_other_files_with_the_same_content(
    database: Database, repository: VideoRepository
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    same = [video(path, fingerprint="x") for path in ("a.mp4", "b.mp4", "c.mp4")]
    await save(database, root, *same, video("d.mp4"), bad(FoundFile("e.mp4", 1, 1)))
    async with open_inventory(database, root) as inventory:
        await inventory.add([FoundFile(name, 1, 1) for name in ("a.mp4", "b.mp4", "e.mp4")])
        await inventory.compare()
        await inventory.mark_missing()
    found = {item.path: item for item in (await repository.find(EVERYTHING)).items}
    assert [item.path for item in await repository.duplicates(found["a.mp4"])] == ["b.mp4"]
    assert await repository.duplicates(found["e.mp4"]) == []


EVERYTHING = VideoQuery(status=frozenset(VideoStatus), limit=500)


async def test_missing_videos_are_listed_as_nothing_else(
    database: Database, repository: VideoRepository
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    skipped = replace(bad(FoundFile("c.mp4", 1, 1), "no video"), status=VideoStatus.SKIPPED)
    await save(database, root, video("a.mp4"), bad(FoundFile("b.mp4", 1, 1)), skipped)
    for status, path in (("ok", "a.mp4"), ("bad", "b.mp4"), ("skipped", "c.mp4")):
        assert await paths(repository, status=frozenset({VideoStatus(status)})) == [path]
    assert await repository.count_known(root, "") == 3
    async with open_inventory(database, root) as inventory:
        await inventory.compare()
        await inventory.mark_missing()
    for status in VideoStatus:
        expected = ["a.mp4", "b.mp4", "c.mp4"] if status is VideoStatus.MISSING else []
        assert await paths(repository, status=frozenset({status})) == expected
    assert await repository.count_known(root, "") == 0
    missing = (await repository.find(EVERYTHING)).items[1]
    assert (missing.status, missing.reason) == (VideoStatus.MISSING, "broken")
    assert missing.missing_since is not None


async def test_every_word_must_occur_somewhere(
    database: Database, repository: VideoRepository
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    await save(
        database,
        root,
        video("Été/Plage.mp4", title="Biarritz"),
        video("100%/a_b.mp4"),
        video("100x/aXb.mp4"),
        video('it\'s "so" *.mp4'),
        video("back\\slash[a].mp4"),
    )
    assert await paths(repository, q="  plage\tÉTÉ ") == ["Été/Plage.mp4"]
    assert await paths(repository, q="biarritz e\u0301te\u0301") == ["Été/Plage.mp4"]
    assert await paths(repository, q="plage nowhere") == []
    assert await paths(repository, q="100%") == ["100%/a_b.mp4"]
    assert await paths(repository, q="a_b") == ["100%/a_b.mp4"]
    assert await paths(repository, q="*") == ['it\'s "so" *.mp4']
    assert await paths(repository, q='it\'s "so"') == ['it\'s "so" *.mp4']
    assert await paths(repository, q="\\slash [a]") == ["back\\slash[a].mp4"]
    assert len(await paths(repository, q="\0 ")) == 0 or await paths(repository, q=" ")
    assert len(await paths(repository, q="x " * 250)) == 1


async def test_filters_hold_together(database: Database, repository: VideoRepository) -> None:
    one, two = await repository.ensure_roots(["/one", "/two"])
    await save(
        database,
        one,
        video("f/a.mp4", codec="h264", height=720, duration_seconds=10.0),
        video("f/g/b.mp4", codec="hevc", height=2160, duration_seconds=60.0, hdr=HdrKind.HDR10),
        video("F/c.mp4", codec="av1", height=1080, duration_seconds=None),
        video("f.g/d.mp4", codec="h264", height=480, duration_seconds=3600.0),
    )
    await save(database, two, video("f/e.mp4", codec="h264", height=1080, duration_seconds=1.0))
    assert await paths(repository, folder="f") == ["f/a.mp4", "f/g/b.mp4", "f/e.mp4"]
    assert await paths(repository, folder="f/", root="one") == ["f/a.mp4", "f/g/b.mp4"]
    assert await paths(repository, folder="f/g") == ["f/g/b.mp4"]
    assert await paths(repository, root="two") == ["f/e.mp4"]
    assert await paths(repository, root="three") == []
    assert await paths(repository, folder="") == await paths(repository)
    assert await paths(repository, codec="H264", min_height=480) == [
        "f/a.mp4",
        "f.g/d.mp4",
        "f/e.mp4",
    ]
    assert await paths(repository, hdr="HDR10") == ["f/g/b.mp4"]
    assert await paths(repository, min_height=1080) == ["f/g/b.mp4", "F/c.mp4", "f/e.mp4"]
    assert await paths(repository, min_duration=60) == ["f/g/b.mp4", "f.g/d.mp4"]
    assert await paths(repository, max_duration=10) == ["f/a.mp4", "f/e.mp4"]
    assert await paths(repository, min_duration=0) == [
        "f/a.mp4",
        "f/g/b.mp4",
        "f.g/d.mp4",
        "f/e.mp4",
    ]
    assert await paths(repository, codec="h264", folder="f", max_duration=5) == ["f/e.mp4"]


async def test_a_folder_whose_name_is_not_utf_8_can_be_asked_for(
    database: Database, repository: VideoRepository
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    await save(database, root, video("\udcff/a.mp4"))
    assert await paths(repository, folder="\ufffd") == ["\udcff/a.mp4"]
    assert await repository.count_known(root, "\udcff") == 1
    assert await repository.count_known(root, "\udcfe") == 0


async def test_a_cursor_of_another_list_is_refused(
    database: Database, repository: VideoRepository
) -> None:
    (root,) = await repository.ensure_roots(["/one"])
    await save(database, root, video("a.mp4"), video("b.mp4"))
    cursor = (await repository.find(VideoQuery(limit=1))).next_cursor
    assert [item.path for item in (await repository.find(VideoQuery(cursor=cursor))).items] == [
        "b.mp4"
    ]
    with pytest.raises(InvalidCursorError):
        await repository.find(VideoQuery(sort=VideoSort.SIZE, cursor=cursor))
    with pytest.raises(InvalidCursorError):
        await repository.find(VideoQuery(cursor="rubbish"))


names = st.sampled_from(["a", "B", "é", "Z", "ß", "10", "9"])
some_file = st.builds(
    lambda folder, name, size, mtime, duration, height, status: (
        f"{folder}/{name}.mp4",
        size,
        mtime,
        duration,
        height,
        status,
    ),
    names,
    names,
    st.integers(0, 3),
    st.integers(0, 3),
    st.none() | st.sampled_from([0.0, 0.5, 1e9]),
    st.integers(0, 3),
    st.sampled_from([VideoStatus.OK, VideoStatus.OK, VideoStatus.BAD]),
)
some_files = st.lists(some_file, max_size=12, unique_by=lambda item: item[0])


def as_scanned(item: tuple[str, int, int, float | None, int, VideoStatus]) -> ScannedFile:
    path, size, mtime, duration, height, status = item
    if status is VideoStatus.BAD:
        return bad(FoundFile(path, size, mtime))
    return video(path, size=size, mtime=mtime, duration_seconds=duration, height=height)


def sort_key(item: Video, sort: VideoSort) -> object:
    """The plain meaning of each sort, unknown before known."""
    unknown_moment = datetime(1, 1, 1, tzinfo=UTC)
    keys: dict[VideoSort, object] = {
        VideoSort.NAME: folded_text.sort_key(item.path.rpartition("/")[2]),
        VideoSort.ADDED: item.added_at,
        VideoSort.MODIFIED: item.mtime_ns,
        VideoSort.SIZE: item.size_bytes,
        VideoSort.DURATION: -1.0 if item.duration_seconds is None else item.duration_seconds,
        VideoSort.HEIGHT: -1 if item.height is None else item.height,
        VideoSort.TAKEN: item.taken_at or unknown_moment,
    }
    return keys[sort]


@settings(
    max_examples=examples(20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=some_files,
    more=st.lists(some_files, max_size=4),
    sort=st.sampled_from(SORTS),
    order=st.sampled_from(SortOrder),
    status=st.sets(st.sampled_from(VideoStatus), min_size=1).map(frozenset),
    limit=st.integers(1, 4),
)
async def test_pages_neither_skip_nor_repeat_while_videos_are_added(
    first: list[tuple[str, int, int, float | None, int, VideoStatus]],
    more: list[list[tuple[str, int, int, float | None, int, VideoStatus]]],
    sort: VideoSort,
    order: SortOrder,
    status: frozenset[VideoStatus],
    limit: int,
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> None:
    async with new_library() as database:
        repository = VideoRepository(database)
        (root,) = await repository.ensure_roots(["/one"])
        known = {item[0] for item in first}
        await save(database, root, *map(as_scanned, first))
        before = (await repository.find(EVERYTHING.model_copy(update={"status": status}))).items
        assert {item.path for item in before} == {p for p, *_, s in first if s in status}
        query = VideoQuery(sort=sort, order=order, status=status, limit=limit)
        seen: list[Video] = []
        waiting = list(more)
        while True:
            page = await repository.find(query)
            assert len(page.items) <= limit
            seen += page.items
            if waiting:
                new = [item for item in waiting.pop() if item[0] not in known]
                known |= {item[0] for item in new}
                await save(database, root, *map(as_scanned, new))
            if page.next_cursor is None:
                break
            query = query.model_copy(update={"cursor": page.next_cursor})
        assert len({item.id for item in seen}) == len(seen)
        assert {item.id for item in before} <= {item.id for item in seen}
        keys = [sort_key(item, sort) for item in seen]
        assert keys == sorted(keys, reverse=order is SortOrder.DESC)  # type: ignore[type-var]  # of one type each
        everything = await repository.find(EVERYTHING.model_copy(update={"status": status}))
        assert everything.total == len(everything.items)
