"""Checks of files in a root."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.errors import RootUnavailableError
from stoat_ferret.scan.root_guard import RootGuard

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_file_that_does_not_answer_is_not_its_disk(tmp_path: Path) -> None:
    gate, guard = threading.Event(), RootGuard(str(tmp_path))
    unplugged = RootGuard(str(tmp_path / "unplugged"))
    try:
        assert await guard.ask(max, 1, 2) == 2
        assert await guard.ask(gate.wait, timeout_seconds=0.01) is None
        with pytest.raises(RootUnavailableError):
            await unplugged.ask(gate.wait, timeout_seconds=0.01)
    finally:
        gate.set()


def replace_folder(path: Path, *names: str) -> None:
    """Replace `path` by another folder, with entries of these names."""
    path.rename(path.with_name("before"))
    path.mkdir()
    for name in names:
        (path / name).mkdir()


async def test_a_root_with_other_numbers_is_the_same_by_what_it_holds(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ("films", "series", "clips", "#recycle"):
        (root / name).mkdir(parents=True)
    guard = RootGuard(str(root))
    await guard.check()
    replace_folder(root, "films", "series", "new")
    await guard.check()
    # From now on it is this one.
    (tmp_path / "before").rename(tmp_path / "first")
    replace_folder(root, "films", "new")
    await guard.check()


@pytest.mark.parametrize("names", [(), ("lost+found",), ("films", "other"), ("other", "more")])
async def test_another_folder_in_its_place_is_noticed(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    root = tmp_path / "root"
    for name in ("films", "series", "clips"):
        (root / name).mkdir(parents=True)
    guard = RootGuard(str(root))
    await guard.check()
    replace_folder(root, *names)
    with pytest.raises(RootUnavailableError, match="went away during the scan"):
        await guard.check()


async def test_a_disk_that_came_to_an_empty_root_is_noticed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    guard = RootGuard(str(root))
    await guard.check()
    replace_folder(root, "films")
    with pytest.raises(RootUnavailableError, match="went away during the scan"):
        await guard.check()
