"""How far videos were watched, on a real database."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
import pytest
import sqlalchemy as sa
from tests.integration.library.rows import save, video
from tests.integration.library.scans import Content, scan

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import VideoNotFoundError
from stoat_ferret.library import tables
from stoat_ferret.library.backup import back_up, inspect_library
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.watching import Watching, WatchReport

if TYPE_CHECKING:
    from stoat_ferret.library.video import Video

MINUTE = 60.0


@pytest.fixture
async def ids(database: Database) -> dict[str, str]:
    """Add five videos of ten minutes, and return their ids by path."""
    videos = VideoRepository(database)
    (root,) = await videos.ensure_roots(["/one"])
    files = [video(f"{name}.mp4", duration_seconds=10 * MINUTE) for name in "abcde"]
    await save(database, root, *files)
    return {item.path[0]: item.id for item in (await videos.find(VideoQuery())).items}


async def get(database: Database, video_id: str) -> Video:
    return await VideoRepository(database).get(video_id)


async def found(database: Database, watched: str, **query: object) -> str:
    """Return the names of the videos that the filter finds, which are also counted right."""
    videos = VideoRepository(database)
    page = await videos.find(VideoQuery.model_validate({"watched": watched, **query}))
    assert page.total == len(page.items)
    facets = await videos.count_facets(VideoQuery.model_validate({"watched": watched, **query}))
    assert sum(one.count for one in facets.roots) == page.total
    return "".join(item.path[0] for item in page.items)


@pytest.mark.parametrize(
    ("reports", "position", "watched"),
    [
        ([WatchReport(300)], 300, False),
        ([WatchReport(4.9)], 0, False),
        ([WatchReport(569)], 569, False),
        ([WatchReport(570)], 0, True),
        ([WatchReport(9999)], 0, True),
        ([WatchReport(580, watched=False)], 0, False),
        ([WatchReport(300, watched=True)], 300, True),
        ([WatchReport(570), WatchReport(100)], 100, True),
        ([WatchReport(300), WatchReport(watched=True)], 0, True),
        ([WatchReport(570), WatchReport(watched=False)], 0, False),
        ([WatchReport(300), WatchReport(100, age_seconds=60)], 300, False),
        ([WatchReport(300, age_seconds=60), WatchReport(100, age_seconds=30)], 100, False),
        ([WatchReport(watched=True), WatchReport(100, watched=False, age_seconds=60)], 0, True),
    ],
)
async def test_the_newest_report_counts(
    database: Database,
    ids: dict[str, str],
    reports: list[WatchReport],
    position: float,
    watched: bool,
) -> None:
    for report in reports:
        change = await Watching(database).report(ids["a"], report)
    stored = await get(database, ids["a"])
    assert (stored.position_seconds, stored.watched) == (position, watched)
    assert (change.after.position_seconds, change.after.watched) == (position, watched)
    assert stored.watched_at == change.after.watched_at
    other = await get(database, ids["b"])
    assert (other.position_seconds, other.watched, other.watched_at) == (0, False, None)


async def test_a_video_of_unknown_duration_is_watched_only_if_said_so(database: Database) -> None:
    videos = VideoRepository(database)
    (root,) = await videos.ensure_roots(["/one"])
    await save(database, root, video("a.mp4", duration_seconds=None))
    (item,) = (await videos.find(VideoQuery())).items
    watching = Watching(database)
    assert (await watching.report(item.id, WatchReport(1e6))).after.position_seconds == 1e6
    assert not (await get(database, item.id)).watched


async def test_lists_find_videos_by_how_far_they_were_watched(
    database: Database, ids: dict[str, str]
) -> None:
    watching = Watching(database)
    await watching.report(ids["a"], WatchReport(100))
    await watching.report(ids["b"], WatchReport(600))
    await watching.report(ids["c"], WatchReport(600))
    await watching.report(ids["c"], WatchReport(200))
    assert await found(database, "started") == "ac"
    assert await found(database, "yes") == "bc"
    assert await found(database, "no") == "ade"
    assert await found(database, "no", q="mp4", min_height=1) == "ade"
    assert await found(database, "started", q="c") == "c"
    assert await found(database, "yes", sort="duration", order="desc", min_duration=1) == "cb"


async def test_started_videos_are_listed_newest_first(
    database: Database, ids: dict[str, str]
) -> None:
    watching = Watching(database)
    for name, age in (("a", 30), ("b", 10), ("c", 20), ("d", 40)):
        await watching.report(ids[name], WatchReport(100, age_seconds=age))
    await watching.report(ids["c"], WatchReport(watched=True))
    assert [item.path[0] for item in await watching.started(limit=2)] == ["b", "a"]
    assert [item.path[0] for item in await watching.started(limit=9)] == ["b", "a", "d"]


async def test_only_a_change_of_state_moves_lists(database: Database, ids: dict[str, str]) -> None:
    watching = Watching(database)
    moves = [
        (await watching.report(ids["a"], report)).moves_lists
        for report in (
            WatchReport(100),
            WatchReport(110),
            WatchReport(90, age_seconds=60),
            WatchReport(600),
            WatchReport(watched=True),
            WatchReport(watched=False),
        )
    ]
    assert moves == [True, False, False, True, False, True]


async def test_a_video_that_does_not_exist_is_an_error(database: Database) -> None:
    with pytest.raises(VideoNotFoundError):
        await Watching(database).report("nothing", WatchReport(1))


async def test_it_is_forgotten_with_the_record(database: Database, ids: dict[str, str]) -> None:
    await Watching(database).report(ids["a"], WatchReport(100))
    await VideoRepository(database).delete(ids["a"])
    async with database.read() as connection:
        count = sa.select(sa.func.count()).select_from(tables.video_watches)
        assert await connection.scalar(count) == 0


async def test_it_stays_through_renames_and_changes_and_in_backups(
    database: Database, tmp_path: Path
) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("backups are of SQLite")
    (root,) = await VideoRepository(database).ensure_roots(["/films"])
    content = Content("film", 7, 1)
    await scan(database, root, {(root.id, "old/a.mp4"): content})
    (before,) = (await VideoRepository(database).find(VideoQuery())).items
    await Watching(database).report(before.id, WatchReport(watched=True))
    await scan(database, root, {(root.id, "new/b.mp4"): content})
    await scan(database, root, {(root.id, "new/b.mp4"): Content("other", 8, 2)}, force=True)
    after = await get(database, before.id)
    assert (after.path, after.watched) == ("new/b.mp4", True)
    target = tmp_path / "copy.db"
    assert database.engine.url.database
    await back_up(Path(database.engine.url.database), target)
    await anyio.to_thread.run_sync(partial(inspect_library, target, is_foreign=True, thorough=True))
    copy = Database(sqlite_url(target))
    try:
        assert (await get(copy, before.id)).watched_at == after.watched_at
    finally:
        await copy.aclose()
