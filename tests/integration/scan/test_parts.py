"""Scans of parts of a root, which is what follows when changes were noticed in it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from tests.clips import small_clips

from stoat_ferret.errors import RootEmptyError, RootUnavailableError
from stoat_ferret.library.scanned_folders import scanned_parts
from stoat_ferret.library.scope import FolderPart
from stoat_ferret.scan.job import SCAN, scan_key, scan_params
from stoat_ferret.scan.scanner import ScanRequest

if TYPE_CHECKING:
    from tests.integration.scan.conftest import ScannedFolder

    from stoat_ferret.library.video import Video

NOT_UTF8 = os.fsdecode(b"caf\xe9")


def missing(known: dict[str, Video]) -> set[str]:
    return {path for path, video in known.items() if video.missing_since is not None}


async def test_only_the_parts_are_looked_at(scanned: ScannedFolder) -> None:
    for folder in ("a", "a/deep", "b", "b/deep", NOT_UTF8, "films", "films 2"):
        small_clips(scanned.path / folder, 2)
    await scanned.scan()
    shutil.rmtree(scanned.path)
    small_clips(scanned.path / "other", 1)  # nothing that was known is left
    result = await scanned.scan(
        parts=[("a", False), ("b", True), (NOT_UTF8, True), ("films", True)]
    )
    assert (result.found, result.missing) == (0, 10)
    gone = missing(await scanned.known())
    assert {path.rpartition("/")[0] for path in gone} == {"a", "b", "b/deep", NOT_UTF8, "films"}
    result = await scanned.scan(parts=[("other", False)])
    assert (result.moved, result.found) == (1, 1)


async def test_unchanged_folders_of_parts_need_no_comparison(scanned: ScannedFolder) -> None:
    for folder in ("", "a", "a/deep", "b"):
        small_clips(scanned.path / folder, 2)
    await scanned.scan()
    result = await scanned.scan(parts=[("", False), ("a", True)])
    assert (result.found, result.unchanged) == (6, 6)
    scanned.put("h264.mp4", "a/new.mp4")
    result = await scanned.scan(parts=[("", False), ("a", True)])
    assert (result.found, result.unchanged, result.added) == (7, 6, 1)
    assert missing(await scanned.known()) == set()


async def test_a_folder_moved_from_one_part_to_another_keeps_its_videos(
    scanned: ScannedFolder,
) -> None:
    small_clips(scanned.path / "a" / "x", 3)
    small_clips(scanned.path / "b", 1)
    await scanned.scan()
    before = await scanned.ids()
    (scanned.path / "a" / "x").rename(scanned.path / "b" / "y")
    result = await scanned.scan(parts=[("a/x", True), ("b/y", True)])
    counts = result.as_json()
    assert {name: counts[name] for name in ("moved", "added", "missing")} == {
        "moved": 3,
        "added": 0,
        "missing": 0,
    }
    assert sorted((await scanned.ids()).values()) == sorted(before.values())


async def test_a_growing_file_is_left_as_it_is(scanned: ScannedFolder) -> None:
    known, new, _ = small_clips(scanned.path / "a", 3)
    new.rename(scanned.path / "new.tmp")
    await scanned.scan()
    before = await scanned.known()
    (scanned.path / "new.tmp").rename(new)
    known.write_bytes(known.read_bytes()[:1000])
    growing = [f"a/{known.name}", f"a/{new.name}"]
    result = await scanned.scan(parts=[("a", False)], growing=growing)
    assert (result.found, result.unchanged, result.missing) == (1, 1, 0)
    assert await scanned.known() == before
    result = await scanned.scan(parts=[("a", False)])  # it has not been settled meanwhile
    assert (result.added, result.failed) == (1, 1)


async def test_a_root_that_is_gone_or_empty_loses_nothing(scanned: ScannedFolder) -> None:
    small_clips(scanned.path / "a", 2)
    await scanned.scan()
    scanned.path.rename(scanned.path.parent / "away")
    with pytest.raises(RootUnavailableError):
        await scanned.scan(parts=[("a", True)])
    scanned.path.mkdir()
    with pytest.raises(RootEmptyError):
        await scanned.scan(parts=[("a", True)])
    assert missing(await scanned.known()) == set()


async def test_a_part_that_cannot_be_read_hides_its_files(scanned: ScannedFolder) -> None:
    small_clips(scanned.path / "a" / "b", 2)
    small_clips(scanned.path / "c", 1)
    await scanned.scan()
    # A loop of links cannot be entered, not even by root.
    shutil.rmtree(scanned.path / "a")
    (scanned.path / "a").symlink_to("a")
    result = await scanned.scan(parts=[("a/b", True)])
    assert [error["path"] for error in result.errors] == ["a/b"]
    assert missing(await scanned.known()) == set()


async def test_what_was_scanned_is_remembered_and_parts_are_not(scanned: ScannedFolder) -> None:
    small_clips(scanned.path / NOT_UTF8, 1)
    database, root = scanned.tools.database, scanned.root
    await scanned.scan(parts=[("", False)])
    await scanned.scan(NOT_UTF8, should_stop=lambda: True)
    assert await scanned_parts(database) == {}
    await scanned.scan(NOT_UTF8)
    await scanned.scan(NOT_UTF8)
    await scanned.scan(recursive=False)
    found = await scanned_parts(database)
    assert set(found[root.id]) == {FolderPart(NOT_UTF8), FolderPart("", recursive=False)}


async def test_its_job_is_one_of_the_videos_in_its_folder(scanned: ScannedFolder) -> None:
    request = ScanRequest(
        root=scanned.root,
        folder="a",
        parts=(FolderPart("a/b"), FolderPart("a/c", recursive=False)),
        growing=frozenset({f"a/{NOT_UTF8}.mp4"}),
    )
    params = scan_params(request)
    assert params["parts"] == [
        {"folder": "a/b", "recursive": True},
        {"folder": "a/c", "recursive": False},
    ]
    key = scan_key(request)
    assert key in SCAN.keys_over(scanned.root.name, "a/b/clip.mp4")
    assert key not in SCAN.keys_over(scanned.root.name, "b/clip.mp4")
    assert key != scan_key(ScanRequest(root=scanned.root, folder="a"))
