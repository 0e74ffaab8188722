"""Removal of the records of missing files on request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.scans import Content, Disk, records, scan

from stoat_ferret.errors import ForgettingChangedError
from stoat_ferret.library.forget import SLICE, Forgettable, Forgetting
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import (
    media_infos,
    tags,
    video_annotations,
    video_tags,
    videos,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.database import Database

NOW = datetime(2026, 6, 1, tzinfo=UTC)


async def library_with_missing(database: Database, missing: int, present: int = 3) -> Disk:
    """Add files 0, 1, …, of which the first `missing` are gone, each a day longer than the next."""
    (root,) = await VideoRepository(database).ensure_roots(["/one"])
    disk = {(root.id, f"{n:05}.mp4"): Content(f"{n}", 100 + n, 1) for n in range(missing + present)}
    await scan(database, root, disk, page_size=500)
    left = {place: content for place, content in disk.items() if int(place[1][:5]) >= missing}
    await scan(database, root, left, page_size=500)
    numbers = {record.id: int(record.path[:5]) for record in await records(database)}
    update = sa.update(videos).where(videos.c.id == sa.bindparam("which"))
    since = [
        {"which": video_id, "missing_since": NOW - timedelta(days=missing - number)}
        for video_id, number in numbers.items()
        if number < missing
    ]
    async with database.write() as connection:
        await connection.execute(update.values(missing_since=sa.bindparam("missing_since")), since)
    return left


async def annotate(database: Database, path: str) -> None:
    async with database.write() as connection:
        here = videos.c.path == path.encode()
        number = await connection.scalar(sa.select(videos.c.number).where(here))
        said = {"video_number": number, "rating": 5, "revision": 1, "changed_at": NOW}
        await connection.execute(sa.insert(video_annotations), said)
        tag = sa.insert(tags).values(name=path, name_key=path).returning(tags.c.id)
        tag_id = (await connection.execute(tag)).scalar_one()
        await connection.execute(sa.insert(video_tags), {"video_number": number, "tag_id": tag_id})


async def count(database: Database, table: sa.Table) -> int:
    async with database.read() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_those_missing_long_enough_go_with_all_that_hangs_on_them(
    database: Database,
) -> None:
    await library_with_missing(database, missing=5)
    for path in ("00000.mp4", "00004.mp4", "00006.mp4"):
        await annotate(database, path)
    forgetting = Forgetting(database)
    which = Forgettable(NOW - timedelta(days=3))
    preview = await forgetting.preview(which)
    assert (preview.count, preview.annotated, preview.rated, preview.tagged) == (3, 1, 1, 1)
    assert (preview.titled, preview.noted) == (0, 0)
    assert [one.path for one in preview.examples] == ["00000.mp4", "00001.mp4", "00002.mp4"]
    assert await forgetting.forget(which, expected_count=3) == 3
    left = [record.path for record in await records(database)]
    assert left == [f"{n:05}.mp4" for n in range(3, 8)]
    assert await count(database, media_infos) == 5
    assert await count(database, video_annotations) == await count(database, video_tags) == 2
    assert (await forgetting.preview(which)).count == 0


async def test_those_that_are_there_go_only_by_their_id(database: Database) -> None:
    await library_with_missing(database, missing=1)
    forgetting = Forgetting(database)
    assert (await forgetting.preview(Forgettable(NOW + timedelta(days=1000)))).count == 1
    assert (await forgetting.preview(Forgettable())).count == 0
    present = next(record for record in await records(database) if not record.is_missing)
    which = Forgettable(ids=(present.id, "no such id", "\0\ud800"))
    assert (await forgetting.preview(which)).count == 1
    assert await forgetting.forget(which, expected_count=1) == 1


async def test_what_is_not_what_was_confirmed_stays(database: Database) -> None:
    await library_with_missing(database, missing=5)
    with pytest.raises(ForgettingChangedError, match="5 videos"):
        await Forgetting(database).forget(Forgettable(NOW), expected_count=4)
    assert len(await records(database)) == 8


async def test_many_go_in_slices_and_as_many_as_there_is_time_for(database: Database) -> None:
    missing = 2 * SLICE + 1
    await library_with_missing(database, missing)
    hurried = Forgetting(database, call_seconds=0)
    assert await hurried.forget(Forgettable(NOW), expected_count=missing) == 0
    assert await Forgetting(database).forget(Forgettable(NOW), expected_count=missing) == missing
    assert len(await records(database)) == 3


async def test_what_was_made_from_content_that_nobody_has_any_more_may_go(
    database: Database,
) -> None:
    await library_with_missing(database, missing=2)
    gone = {record.path: record.fingerprint for record in await records(database)}
    async with database.write() as connection:  # another video has the content of the first
        same = sa.update(videos).where(videos.c.path == b"00003.mp4")
        await connection.execute(same.values(fingerprint=gone["00000.mp4"]))
    discarded: list[str] = []

    async def discard(fingerprints: Sequence[str]) -> None:
        discarded.extend(fingerprints)

    await Forgetting(database, discard=discard).forget(Forgettable(NOW), expected_count=2)
    assert discarded == [gone["00001.mp4"]]
