"""Comparison of the files that a scan finds with the library."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest
import sqlalchemy as sa
from tests.integration.library.scans import (
    PROBE_VERSION,
    Content,
    Disk,
    bad,
    files_in,
    ids,
    media_info,
    open_inventory,
    records,
    scan,
    scanned,
)

from stoat_ferret.database import SLICE
from stoat_ferret.errors import ScanEndedError
from stoat_ferret.library.reconcile.inventory import Comparison, Inventory, purge_inventories
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import (
    found_files,
    inventories,
    media_infos,
    unreadable_folders,
)
from stoat_ferret.library.video import FoundFile, Root, VideoStatus
from stoat_ferret.media.media_record import MediaRecord

if TYPE_CHECKING:
    from stoat_ferret.database import Database


@pytest.fixture
async def root(database: Database) -> Root:
    return (await VideoRepository(database).ensure_roots(["/one"]))[0]


def on_disk(root: Root, **texts: str) -> Disk:
    """Return files `name.mp4`, each with a content and a size of its own."""
    return {
        (root.id, f"{name}.mp4"): Content(text, 100 + sum(text.encode()), 1000 + place)
        for place, (name, text) in enumerate(texts.items())
    }


async def staged_rows(database: Database) -> int:
    total = 0
    async with database.read() as connection:
        for table in (found_files, unreadable_folders, inventories):
            total += await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    return total


async def test_a_first_scan_adds_and_a_second_one_changes_nothing(
    database: Database, root: Root
) -> None:
    disk = on_disk(root, a="x", b="y")
    first = await scan(database, root, disk)
    assert first.comparison == Comparison(found=2, unchanged=0, pending=2, vanished=0)
    assert (first.added, first.updated) == (2, 0)
    second = await scan(database, root, disk)
    assert second.comparison == Comparison(found=2, unchanged=2, pending=0, vanished=0)
    assert second.read == []


@pytest.mark.parametrize("changed", [{"size_bytes": 5}, {"mtime_ns": 5}])
async def test_another_size_or_time_is_a_change_and_keeps_the_id(
    database: Database, root: Root, changed: dict[str, int]
) -> None:
    disk = on_disk(root, a="x", b="y")
    await scan(database, root, disk)
    before = await ids(database)
    disk[root.id, "a.mp4"] = replace(disk[root.id, "a.mp4"], **changed)  # type: ignore[arg-type]  # a table of keywords
    outcome = await scan(database, root, disk)
    assert outcome.read == ["a.mp4"]
    assert outcome.updated == 1
    assert await ids(database) == before


async def test_a_new_probe_version_or_force_reads_every_file_once_more(
    database: Database, root: Root
) -> None:
    disk = on_disk(root, a="x", b="y")
    await scan(database, root, disk)
    before = await ids(database)
    assert (await scan(database, root, disk, version=PROBE_VERSION + 1)).updated == 2
    assert (await scan(database, root, disk, version=PROBE_VERSION + 1)).read == []
    forced = await scan(database, root, disk, version=PROBE_VERSION + 1, force=True)
    assert forced.read == ["a.mp4", "b.mp4"]
    assert await ids(database) == before


async def test_what_vanished_is_flagged_and_unflagged_when_it_is_back(
    database: Database, root: Root
) -> None:
    disk = on_disk(root, a="x", b="y")
    await scan(database, root, disk)
    before = await ids(database)
    empty = await scan(database, root, {})
    assert (empty.comparison.vanished, empty.missing) == (2, 2)
    assert (await scan(database, root, {})).missing == 0
    back = await scan(database, root, disk)
    assert (back.returned, back.read) == (2, [])
    assert await ids(database) == before


async def test_what_comes_back_changed_is_the_same_video(database: Database, root: Root) -> None:
    disk = on_disk(root, a="x")
    await scan(database, root, disk)
    before = await ids(database)
    await scan(database, root, {})
    outcome = await scan(database, root, on_disk(root, a="other"))
    assert (outcome.returned, outcome.updated, outcome.added) == (0, 1, 0)
    assert await ids(database) == before


async def test_a_folder_that_could_not_be_read_has_not_vanished(
    database: Database, root: Root
) -> None:
    disk = {
        (root.id, path): Content(path, 10, 1)
        for path in ("a/1.mp4", "a/b/2.mp4", "a.b/3.mp4", "ab/4.mp4", "5.mp4")
    }
    await scan(database, root, disk)
    async with open_inventory(database, root) as inventory:
        await inventory.protect("a")
        await inventory.protect("a")
        assert (await inventory.compare()).vanished == 3
        assert await inventory.mark_missing() == 3
    assert sorted(await ids(database)) == ["a/1.mp4", "a/b/2.mp4"]
    async with open_inventory(database, root) as inventory:
        await inventory.protect("")
        assert (await inventory.compare()).vanished == 0


async def test_a_scan_of_a_folder_says_nothing_of_the_others(
    database: Database, root: Root
) -> None:
    paths = ("a/1.mp4", "a/b/2.mp4", "a.b/3.mp4", "ab/4.mp4", "5.mp4", "a0/6.mp4")
    await scan(database, root, {(root.id, path): Content("x", 10, 1) for path in paths})
    await scan(database, root, {}, "a", recursive=False)
    assert set(paths) - set(await ids(database)) == {"a/1.mp4"}
    await scan(database, root, {}, "a")
    assert set(paths) - set(await ids(database)) == {"a/1.mp4", "a/b/2.mp4"}
    await scan(database, root, {}, "", recursive=False)
    assert set(paths) - set(await ids(database)) == {"a/1.mp4", "a/b/2.mp4", "5.mp4"}


async def test_folders_that_are_shown_alike_are_told_apart(database: Database, root: Root) -> None:
    paths = ("\udcfe/1.mp4", "\udcff/1.mp4")
    await scan(database, root, {(root.id, path): Content("x", 10, 1) for path in paths})
    await scan(database, root, {}, "\udcfe", recursive=False)
    assert list(await ids(database)) == ["\udcff/1.mp4"]


async def test_a_bad_file_keeps_its_id_and_loses_what_was_known(
    database: Database, root: Root
) -> None:
    repository = VideoRepository(database)
    await scan(database, root, on_disk(root, a="x"))
    (video_id,) = (await ids(database)).values()
    async with open_inventory(database, root) as inventory:
        await inventory.save([bad(FoundFile("a.mp4", 5, 5), "moov atom not found")])
    video = await repository.get(video_id)
    assert (video.status, video.reason) == (VideoStatus.BAD, "moov atom not found")
    assert video.media_info is None
    assert (await scan(database, root, {(root.id, "a.mp4"): Content("x", 5, 5)})).read == []
    async with database.read() as connection:
        assert not (await connection.execute(sa.select(media_infos))).all()


async def test_saving_again_changes_nothing(database: Database, root: Root) -> None:
    file = FoundFile("a.mp4", 5, 5)
    async with open_inventory(database, root) as inventory:
        first = await inventory.save([scanned(file, "x"), scanned(FoundFile("b.mp4", 5, 5), "y")])
        before = await ids(database)
        again = await inventory.save([scanned(file, "x"), scanned(file, "x")])
    assert (first.added, first.updated) == (2, 0)
    assert (again.added, again.updated) == (0, 1)
    assert await ids(database) == before


async def test_a_file_found_twice_counts_once(database: Database, root: Root) -> None:
    async with open_inventory(database, root) as inventory:
        await inventory.add([FoundFile("a.mp4", 1, 1), FoundFile("a.mp4", 2, 2)])
        await inventory.add([FoundFile("a.mp4", 3, 3)])
        assert (await inventory.compare()).found == 1
        assert await inventory.pending(after=None, limit=9) == [FoundFile("a.mp4", 3, 3)]


async def test_pending_files_come_in_the_byte_order_of_their_paths(
    database: Database, root: Root
) -> None:
    paths = ["a/1.mp4", "\udcff.mp4", "Z.mp4", "ä.mp4", "a.mp4", "a\n.mp4"]
    async with open_inventory(database, root) as inventory:
        await inventory.add([FoundFile(path, 1, 1) for path in paths])
        await inventory.compare()
        found: list[str] = []
        while page := await inventory.pending(after=found[-1] if found else None, limit=2):
            found += [file.path for file in page]
    assert found == sorted(paths, key=lambda path: path.encode(errors="surrogateescape"))


async def test_why_a_file_cannot_be_used_is_kept(database: Database, root: Root) -> None:
    pipe = FoundFile("a.mp4", 0, 1, "not a regular file")
    async with open_inventory(database, root) as inventory:
        await inventory.add([pipe])
        await inventory.compare()
        assert await inventory.pending(after=None, limit=9) == [pipe]


async def test_hostile_text_is_stored(database: Database, root: Root) -> None:
    path = "\udcff%_'\";\u202e/\udcfe\n.mp4"
    info = media_info(title="a\0b")
    file = scanned(FoundFile(path, 1, 1), "x")
    strange = replace(file, media=MediaRecord.of(info), reason="\udc80\0")
    async with open_inventory(database, root) as inventory:
        await inventory.save([strange])
    (video_id,) = (await ids(database)).values()
    video = await VideoRepository(database).get(video_id)
    assert video.path == path
    assert video.media_info == info
    assert video.reason == "\ufffd\ufffd"


async def test_many_files_are_compared_saved_flagged_and_unflagged_in_slices(
    database: Database, root: Root
) -> None:
    count = SLICE + 10
    disk = {(root.id, f"{n:06}.mp4"): Content(str(n), n + 1, n) for n in range(count)}
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(disk, root))
        assert (await inventory.compare()).pending == count
        found = await inventory.pending(after=None, limit=count)
        counts = await inventory.save([scanned(file, None) for file in found])
        assert counts.added == count
        assert await inventory.pending(after=None, limit=1) == []
    async with open_inventory(database, root) as inventory:
        assert await inventory.compare() == Comparison(0, 0, 0, count)
        assert await inventory.mark_missing() == count
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(disk, root))
        assert await inventory.compare() == Comparison(count, count, 0, 0)
        assert await inventory.settle_unchanged() == count
        assert await inventory.mark_missing() == 0
        assert await VideoRepository(database).count_known(root, "") == count


async def test_an_inventory_leaves_nothing_behind(database: Database, root: Root) -> None:
    async with open_inventory(database, root) as inventory:
        await inventory.add([FoundFile("a.mp4", 1, 1)])
        await inventory.protect("b")
    assert await staged_rows(database) == 0


async def test_not_even_when_it_is_cancelled(database: Database, root: Root) -> None:
    added = asyncio.Event()

    async def look_for_ever() -> None:
        async with open_inventory(database, root) as inventory:
            await inventory.add([FoundFile("a.mp4", 1, 1)])
            added.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(look_for_ever())
    await added.wait()
    task.cancel()
    await asyncio.wait({task})
    async with anyio.create_task_group() as tasks:
        added.clear()
        tasks.start_soon(look_for_ever)
        await added.wait()
        tasks.cancel_scope.cancel()
    assert await staged_rows(database) == 0


async def test_inventories_do_not_see_each_other(database: Database, root: Root) -> None:
    async with open_inventory(database, root) as one:
        await one.add([FoundFile("a.mp4", 1, 1)])
        async with open_inventory(database, root) as two:
            await two.add([FoundFile("b.mp4", 1, 1), FoundFile("c.mp4", 1, 1)])
            assert (await two.compare()).found == 2
        assert (await one.compare()).found == 1
        assert await one.pending(after=None, limit=9) == [FoundFile("a.mp4", 1, 1)]


async def test_the_end_of_an_old_attempt_leaves_the_inventory_of_the_next_one_alone(
    database: Database, root: Root
) -> None:
    async def begin() -> Inventory:
        return await Inventory.begin(
            database,
            scan_id="job",
            root=root,
            folder="",
            recursive=True,
            force=False,
            probe_version=PROBE_VERSION,
        )

    disk = on_disk(root, a="x", b="y")
    await scan(database, root, disk)
    old = await begin()
    new = await begin()  # which deletes the old one
    await new.add(files_in(disk, root))
    await old.discard()
    assert (await new.compare()).vanished == 0
    assert len({old.number, new.number}) == 2


async def test_nothing_is_flagged_by_an_inventory_that_was_deleted(
    database: Database, root: Root
) -> None:
    disk = on_disk(root, a="x", b="y")
    await scan(database, root, disk)
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(disk, root)[:1])
        assert (await inventory.compare()).vanished == 1
        await inventory.discard()
        with pytest.raises(ScanEndedError, match="Scan again"):
            await inventory.mark_missing()
    assert not any(one.is_missing for one in await records(database))


async def test_what_a_dead_scan_left_is_cleared(database: Database, root: Root) -> None:
    async with database.write() as connection:
        for number, scan_id in enumerate(("dead", "alive"), start=1):
            row = {"inventory": number, "path": b"a", "size_bytes": 1, "mtime_ns": 1, "state": 0}
            await connection.execute(
                sa.insert(inventories).values(number=number + 1000, scan_id=scan_id)
            )
            await connection.execute(
                sa.insert(found_files).values({**row, "inventory": number + 1000})
            )
    await purge_inventories(database, alive=["alive"])
    assert await staged_rows(database) == 2
    async with Inventory.open(
        database,
        scan_id="alive",
        root=root,
        folder="",
        recursive=True,
        force=False,
        probe_version=1,
    ) as inventory:
        assert (await inventory.compare()).found == 0
    assert await staged_rows(database) == 0
    await purge_inventories(database)


async def test_a_video_added_since_the_scan_began_has_not_vanished(
    database: Database, root: Root
) -> None:
    async with (
        open_inventory(database, root) as looking,
        open_inventory(database, root) as rendering,
    ):
        await rendering.save([scanned(FoundFile("new.mp4", 1, 1), "x")])
        assert (await looking.compare()).vanished == 0
        assert await looking.mark_missing() == 0
    assert [row.is_missing for row in await records(database)] == [False]
