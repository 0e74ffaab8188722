"""Folders that a scan settles together, on each database."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.scans import open_inventory, scanned

from stoat_ferret.library.reconcile.compare import Comparison
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import folder_signatures, roots, videos
from stoat_ferret.library.video import FoundFile, FoundFolder

if TYPE_CHECKING:
    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root

FOLDERS = {
    "": [FoundFile("a.mp4", 1, 1)],
    "x": [FoundFile("x/b.mp4", 2, 2), FoundFile("x/c.mp4", 3, 3)],
    "x/y": [FoundFile("x/y/d.mp4", 4, 4)],
    "x0": [FoundFile("x0/e.mp4", 5, 5)],
}


def folder(path: str, *, is_known: bool = False, times: bytes | None = None) -> FoundFolder:
    """Return a folder as discovery finds it."""
    files = len(FOLDERS[path])
    return FoundFolder(path, files, path.encode() + b"!", times, is_known=is_known)


@pytest.fixture
async def root(database: Database) -> Root:
    """Add a root with files in every folder to the library."""
    (root, _) = await VideoRepository(database).ensure_roots(["/films", "/films/x"])
    async with open_inventory(database, root) as inventory:
        for path, files in FOLDERS.items():
            await inventory.add_folders([folder(path)])
            await inventory.add(files)
        await inventory.compare()
        await inventory.save([scanned(file, file.path) for file in chain(*FOLDERS.values())])
        await inventory.remember_folders()
    return root


async def known(database: Database, root: Root, place: str = "") -> set[bytes]:
    """Return the signatures that a scan of a folder knows."""
    async with open_inventory(database, root, place) as inventory:
        return set(await inventory.known_folders())


async def test_folders_with_nothing_to_do_are_known(database: Database, root: Root) -> None:
    assert await known(database, root) == {b"!", b"x!", b"x/y!", b"x0!"}
    assert await known(database, root, "x") == {b"x!", b"x/y!"}
    (other,) = await VideoRepository(database).ensure_roots(["/films/x"])
    assert await known(database, other) == set()
    async with open_inventory(database, root, force=True) as inventory:
        assert await inventory.known_folders() == set()
    async with open_inventory(database, root, version=8) as inventory:
        assert await inventory.known_folders() == set()


async def test_videos_of_known_folders_are_found_and_unchanged(
    database: Database, root: Root
) -> None:
    async with open_inventory(database, root) as inventory:
        await inventory.add_folders([folder(path, is_known=True) for path in FOLDERS])
        assert await inventory.compare() == Comparison(5, 5, 0, 0)
    async with open_inventory(database, root) as inventory:
        await inventory.add_folders([folder(path, is_known=True) for path in ("", "x", "x0")])
        new = FoundFile("x0/new.mp4", 6, 6)
        await inventory.add([new])
        assert await inventory.compare() == Comparison(5, 4, 1, 1)
        assert await inventory.move_candidates(after=None, limit=9) == []
        assert await inventory.mark_missing() == 1
    assert await known(database, root) == {b"!", b"x!", b"x0!"}


async def test_only_a_video_that_is_gone_may_have_moved(database: Database, root: Root) -> None:
    async with open_inventory(database, root) as inventory:
        await inventory.add_folders([folder(path, is_known=True) for path in ("", "x", "x0")])
        copies = [FoundFile("copy.mp4", 2, 9), FoundFile("moved.mp4", 4, 9)]
        await inventory.add(copies)
        await inventory.compare()
        assert await inventory.move_candidates(after=None, limit=9) == copies[1:]
        await inventory.set_fingerprints({"copy.mp4": "x/b.mp4", "moved.mp4": "x/y/d.mp4"})
        assert [move.file for move in await inventory.possible_moves()] == copies[1:]


@pytest.mark.parametrize(
    "change",
    [
        {"size_bytes": 7},
        {"mtime_ns": 7},
        {"probe_version": 1},
        {"thumbnail_version": 7},
        {"read_error": "It cannot be read."},
        {"status": "bad"},
        {"path": b"x/other.mp4"},
        {"root_id": sa.select(sa.func.max(roots.c.id)).scalar_subquery()},
        {"folder": "elsewhere/"},
        {"missing_since": sa.func.current_timestamp()},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_whatever_a_scan_compares_takes_the_signature_away(
    database: Database, root: Root, change: dict[str, object]
) -> None:
    async with database.write() as connection:
        await connection.execute(sa.update(videos).where(videos.c.name == "b.mp4").values(**change))
    assert await known(database, root) == {b"!", b"x/y!", b"x0!"}


async def test_a_new_and_a_deleted_video_take_the_signature_away(
    database: Database, root: Root
) -> None:
    async with open_inventory(database, root) as inventory:
        await inventory.save([scanned(FoundFile("x/y/new.mp4", 1, 1), None)])
    async with database.write() as connection:
        await connection.execute(sa.delete(videos).where(videos.c.name == "e.mp4"))
    assert await known(database, root) == {b"!", b"x!"}


async def test_annotations_leave_the_signature(database: Database, root: Root) -> None:
    async with database.write() as connection:
        await connection.execute(sa.update(videos).values(labels="beach", title="x"))
    assert len(await known(database, root)) == len(FOLDERS)


async def test_a_folder_is_remembered_only_with_exactly_its_videos(
    database: Database, root: Root
) -> None:
    async with open_inventory(database, root, version=8) as inventory:
        await inventory.add_folders([folder(path) for path in FOLDERS])
        for files in FOLDERS.values():
            await inventory.add(files)
        await inventory.compare()
        # Not the second file of `x`; a file of `x0` that nobody found; another time in `x/y`.
        later = replace(FOLDERS["x/y"][0], mtime_ns=9)
        some = [FOLDERS[""][0], FOLDERS["x"][0], later, *FOLDERS["x0"], FoundFile("x0/f.mp4", 1, 1)]
        await inventory.save([scanned(file, file.path, version=8) for file in some])
        await inventory.remember_folders()
    async with open_inventory(database, root, version=8) as inventory:
        assert await inventory.known_folders() == {b"!"}


@pytest.mark.parametrize("name", [os.fsdecode(b"caf\xe9"), "caf\N{REPLACEMENT CHARACTER}"])
async def test_a_folder_that_may_look_like_another_is_not_remembered(
    database: Database, root: Root, name: str
) -> None:
    file = FoundFile(f"{name}/a.mp4", 1, 1)
    async with open_inventory(database, root, name) as inventory:
        await inventory.add_folders([FoundFolder(name, 1, b"!!", None, is_known=False)])
        await inventory.add([file])
        await inventory.compare()
        await inventory.save([scanned(file, None)])
        await inventory.remember_folders()
    assert await known(database, root) == {b"!", b"x!", b"x/y!", b"x0!"}


async def test_times_are_added_to_folders_that_are_known(database: Database, root: Root) -> None:
    for times in (b"1", b"2", None):
        async with open_inventory(database, root) as inventory:
            again = [folder(path, is_known=True, times=times) for path in ("", "x")]
            await inventory.add_folders([replace(again[0], signature=b"other"), again[1]])
            await inventory.compare()
            await inventory.remember_folders()
        async with database.read() as connection:
            rows = await connection.execute(sa.select(folder_signatures))
            kept = {row.folder: row.times_signature for row in rows}
        assert kept == {"": None, "x/": times or b"2", "x/y/": None, "x0/": None}
