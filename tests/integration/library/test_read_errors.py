"""Files on failing disks, and values that no database stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.rows import save, video
from tests.integration.library.scans import ids, open_inventory, scanned

from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import videos
from stoat_ferret.library.video import (
    UNKNOWN_SIZE,
    FoundFile,
    ScannedFile,
    VideoDetails,
    VideoStatus,
)

if TYPE_CHECKING:
    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root

REASON = "It cannot be read (Input/output error). Check its permissions and its disk."


@pytest.fixture
async def root(database: Database) -> Root:
    return (await VideoRepository(database).ensure_roots(["/one"]))[0]


def unread(path: str, size: int = 1) -> ScannedFile:
    """Return a file that could not be read."""
    file = FoundFile(path, size, 1)
    blank = replace(scanned(file, None), status=VideoStatus.BAD, reason=REASON, media=None)
    return replace(blank, read_error=REASON)


async def only(database: Database) -> VideoDetails:
    (video_id,) = (await ids(database)).values()
    return await VideoRepository(database).get(video_id)


async def states(database: Database, root: Root, *files: FoundFile) -> list[FoundFile]:
    """Return those of `files` that the next scan reads."""
    async with open_inventory(database, root) as inventory:
        await inventory.add(files)
        await inventory.compare()
        return await inventory.pending(after=None, limit=99)


@pytest.mark.parametrize("size", [1, 2, UNKNOWN_SIZE])
async def test_a_known_video_keeps_all_of_it_and_gets_a_note(
    database: Database, root: Root, size: int
) -> None:
    await save(database, root, video("a.mp4", fingerprint="x"))
    before = await only(database)
    await save(database, root, unread("a.mp4", size))
    after = await only(database)
    assert after.read_error == REASON
    assert after.read_failed_at is not None
    assert replace(after, read_error=None, read_failed_at=None) == before


@pytest.mark.parametrize("status", [VideoStatus.BAD, VideoStatus.SKIPPED])
async def test_what_is_known_of_an_unusable_file_is_kept_too(
    database: Database, root: Root, status: VideoStatus
) -> None:
    known = replace(unread("a.mp4"), status=status, reason="no video stream", read_error=None)
    await save(database, root, known)
    await save(database, root, unread("a.mp4"))
    after = await only(database)
    assert (after.status, after.reason, after.read_error) == (status, "no video stream", REASON)


async def test_a_new_file_is_bad_and_is_read_by_every_scan(database: Database, root: Root) -> None:
    await save(database, root, unread("a.mp4", UNKNOWN_SIZE))
    video_id = (await only(database)).id
    assert (await only(database)).status is VideoStatus.BAD
    assert (await only(database)).size_bytes == 0
    again = replace(unread("a.mp4"), reason="It could not be read within 30 s.", read_error="late")
    await save(database, root, again)
    assert (await only(database)).reason == "It could not be read within 30 s."
    file = FoundFile("a.mp4", 1, 1)
    assert await states(database, root, file) == [file]

    await save(database, root, video("a.mp4"))
    after = await only(database)
    assert (after.id, after.status, after.read_error) == (video_id, VideoStatus.OK, None)
    assert await states(database, root, file) == []


async def test_a_video_with_a_note_is_read_by_every_scan(database: Database, root: Root) -> None:
    await save(database, root, video("a.mp4"), video("b.mp4"), unread("a.mp4"))
    files = [FoundFile("a.mp4", 1, 1), FoundFile("b.mp4", 1, 1)]
    assert await states(database, root, *files) == files[:1]


async def test_a_missing_video_that_is_back_and_cannot_be_read_is_not_missing(
    database: Database, root: Root
) -> None:
    await save(database, root, video("a.mp4"))
    async with open_inventory(database, root) as inventory:
        await inventory.compare()
        await inventory.mark_missing()
    assert await ids(database) == {}
    await save(database, root, unread("a.mp4"))
    after = await only(database)
    assert (after.status, after.read_error) == (VideoStatus.OK, REASON)


async def test_a_copy_does_not_take_the_id_of_a_video_whose_disk_failed(
    database: Database, root: Root
) -> None:
    await save(database, root, video("a.mp4", size=10, fingerprint="x"))
    async with open_inventory(database, root) as inventory:
        await inventory.add(
            [FoundFile("a.mp4", UNKNOWN_SIZE, 0, REASON), FoundFile("b.mp4", 10, 2)]
        )
        await inventory.compare()
        await inventory.set_fingerprints({"b.mp4": "x"})
        assert await inventory.possible_moves() == []


async def test_a_protected_file_is_not_missing(database: Database, root: Root) -> None:
    await save(database, root, video("a.mp4"), video("a.mp4x"))
    async with open_inventory(database, root) as inventory:
        await inventory.protect("a.mp4")
        assert (await inventory.compare()).vanished == 1
        await inventory.mark_missing()
    async with database.read() as connection:
        gone = await connection.scalars(
            sa.select(videos.c.path).where(videos.c.missing_since.is_not(None))
        )
        assert list(gone) == [b"a.mp4x"]


async def test_a_clock_that_was_set_back_hides_no_missing_file(
    database: Database, root: Root
) -> None:
    await save(database, root, video("a.mp4"))
    later = datetime.now(UTC) + timedelta(days=365)
    async with database.write() as connection:
        await connection.execute(sa.update(videos).values(added_at=later))
    async with open_inventory(database, root) as inventory:
        assert (await inventory.compare()).vanished == 1
        assert await inventory.mark_missing() == 1


async def test_what_the_database_does_not_take_costs_that_file(
    database: Database, root: Root
) -> None:
    files = [FoundFile(f"{number}.mp4", 1, 1) for number in range(9)]
    odd = FoundFile("odd.mp4", 1, 2**63)
    async with open_inventory(database, root) as inventory:
        assert await inventory.add([*files, odd]) == [odd]
        assert (await inventory.compare()).found == 9
        strange = replace(scanned(files[3], "x"), fingerprint=object())  # type: ignore[arg-type]  # no database takes it
        counts = await inventory.save([strange, *(scanned(file, "y") for file in files[4:])])
        assert await inventory.pending(after=None, limit=9) == files[:3]
    assert (counts.added, counts.updated) == (5, 0)
    bad = await VideoRepository(database).get((await ids(database))["3.mp4"])
    assert bad.status is VideoStatus.BAD
    assert bad.reason is not None
    assert "cannot be stored" in bad.reason


async def test_a_number_that_no_column_holds_is_not_known(database: Database, root: Root) -> None:
    await save(database, root, video("a.mp4", width=2**40, height=2**40))
    async with database.read() as connection:
        row = (await connection.execute(sa.select(videos))).one()
    assert row.status == "ok"
    assert (row.width, row.height) == (-1, -1)
