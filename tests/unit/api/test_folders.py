"""Folders, and disks that do not answer."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from stoat_ferret.api import folders
from stoat_ferret.api.folders import FolderReader
from stoat_ferret.errors import FolderNotFoundError, RootUnavailableError

if TYPE_CHECKING:
    from pathlib import Path


async def test_folders_are_listed_by_name(tmp_path: Path) -> None:
    for name in ("b", "A", "c", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    listing = await FolderReader().list_folders(str(tmp_path), "")
    assert [folder.name for folder in listing.folders] == ["A", "b", "c"]
    assert listing.total == 3
    assert listing.parent is None
    inner = await FolderReader().list_folders(str(tmp_path), "b")
    assert (inner.path, inner.parent) == (str(tmp_path / "b"), str(tmp_path))


async def test_links_that_lead_out_of_the_root_or_nowhere_are_left_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "real").mkdir(parents=True)
    (tmp_path / "root-and-more").mkdir()
    (root / "in").symlink_to(root / "real")
    (root / "out").symlink_to(tmp_path / "root-and-more")
    (root / "up").symlink_to("..")
    (root / "broken").symlink_to("nothing")
    (root / "loop").symlink_to("loop")
    listing = await FolderReader().list_folders(str(root), "")
    assert [folder.name for folder in listing.folders] == ["in", "real"]


async def test_too_many_folders_are_counted_and_not_all_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MAX_FOLDERS", 2)
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    listing = await FolderReader().list_folders(str(tmp_path), "")
    assert [folder.name for folder in listing.folders] == ["a", "b"]
    assert listing.total == 3


async def test_what_is_no_folder_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    reader = FolderReader()
    for name in ("file", "missing"):
        with pytest.raises(FolderNotFoundError):
            await reader.list_folders(str(tmp_path), name)
    assert await reader.is_available(str(tmp_path))
    assert not await reader.is_available(str(tmp_path / "file"))
    assert not await reader.is_available(str(tmp_path / "missing"))


async def test_a_disk_that_does_not_answer_keeps_one_thread_for_a_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended = threading.Event()

    def hang(*_: object) -> bool:
        return mended.wait(60)

    # The kernel is what hangs, and there is no honest way to make it.
    monkeypatch.setattr(os, "access", hang)
    monkeypatch.setattr(os, "scandir", hang)
    reader = FolderReader(look_seconds=0.01, list_seconds=0.01)
    before = threading.active_count()
    try:
        for _ in range(20):
            assert not await reader.is_available(str(tmp_path))
            with pytest.raises(RootUnavailableError):
                await reader.list_folders(str(tmp_path), "")
        assert threading.active_count() <= before + 2
    finally:
        mended.set()
    monkeypatch.undo()
    with anyio.fail_after(30):
        while not await reader.is_available(str(tmp_path)):
            await anyio.lowlevel.checkpoint()
