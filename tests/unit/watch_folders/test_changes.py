"""Changes are passed on when they have settled."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.library.scope import FolderPart
from stoat_ferret.watch_folders import changes as changes_module
from stoat_ferret.watch_folders.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

SETTLE = 5.0


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Writers:
    """The files that are open for writing."""

    def __init__(self) -> None:
        self.paths: set[str] = set()

    def __call__(self, paths: Collection[str]) -> set[str]:
        return self.paths.intersection(paths)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writers() -> Writers:
    return Writers()


@pytest.fixture
def changes(tmp_path: Path, clock: Clock, writers: Writers) -> Changes:
    return Changes(str(tmp_path), settle_seconds=SETTLE, clock=clock, find_writers=writers)


def write(folder: Path, name: str, size: int = 1) -> None:
    (folder / name).write_bytes(b"x" * size)
    os.utime(folder / name, ns=(0, size))


def test_a_file_that_grows_waits_until_it_does_not(
    changes: Changes, clock: Clock, tmp_path: Path
) -> None:
    write(tmp_path, "a.mp4")
    changes.add_file("a.mp4")
    for size in range(2, 12):
        assert changes.take() is None
        write(tmp_path, "a.mp4", size)
        clock.now += SETTLE / 2
    assert changes.take() is None
    clock.now += SETTLE - 0.1
    assert changes.take() is None
    clock.now += 0.1
    settled = changes.take()
    assert settled is not None
    assert settled.files == {"a.mp4": (11, 11)}
    assert not changes.are_waiting


def test_a_file_that_is_open_for_writing_does_not_settle(
    changes: Changes, clock: Clock, tmp_path: Path, writers: Writers
) -> None:
    write(tmp_path, "a.mp4")
    writers.paths = {str(tmp_path / "a.mp4")}
    changes.add_file("a.mp4")
    for _ in range(100):
        assert changes.take() is None
        clock.now += SETTLE
    writers.paths.clear()
    clock.now += SETTLE
    settled = changes.take()
    assert settled is not None
    assert settled.files.keys() == {"a.mp4"}


def test_changes_wait_for_others_but_not_for_ever(
    changes: Changes, clock: Clock, tmp_path: Path
) -> None:
    write(tmp_path, "done.mp4")
    changes.add_file("done.mp4")
    changes.remove_file("gone.mp4")
    write(tmp_path, "grows.mp4")
    changes.add_file("grows.mp4")
    waited = 0.0
    while (settled := changes.take()) is None:
        assert waited < 100 * SETTLE
        write(tmp_path, "grows.mp4", int(2 * waited) + 2)
        clock.now += SETTLE / 2
        waited += SETTLE / 2
    assert waited >= changes_module.OVERDUE * SETTLE
    assert settled.files.keys() == {"done.mp4"}
    assert settled.gone == {"gone.mp4"}
    assert settled.growing == {"grows.mp4"}
    clock.now += SETTLE
    later = changes.take()
    assert later is not None
    assert later.files.keys() == {"grows.mp4"}
    assert not later.growing


def test_a_file_that_is_gone_before_it_settles_is_gone(
    changes: Changes, clock: Clock, tmp_path: Path
) -> None:
    changes.add_file("passing.mp4")  # and no event tells that it is gone
    write(tmp_path, "folder.mp4")
    changes.add_file("a/b.mp4")
    changes.remove_folder("a/c")
    changes.remove_folder("a")
    changes.add_file("kept.mp4")
    changes.remove_file("kept.mp4")
    write(tmp_path, "kept.mp4")
    changes.add_file("kept.mp4")
    changes.take()
    clock.now += SETTLE
    settled = changes.take()
    assert settled is not None
    assert settled.files.keys() == {"kept.mp4"}
    assert settled.gone == {"passing.mp4", "a/b.mp4"}
    assert settled.gone_folders == {"a"}


def test_everything_does_not_wait(changes: Changes, clock: Clock, tmp_path: Path) -> None:
    write(tmp_path, "grows.mp4")
    changes.add_file("grows.mp4")
    changes.add_everything()
    settled = changes.take()
    assert settled is not None
    assert settled.is_everything
    assert settled.growing == {"grows.mp4"}
    clock.now += SETTLE
    later = changes.take()
    assert later is not None
    assert later.files.keys() == {"grows.mp4"}


def test_more_files_than_can_be_observed_are_their_folders(
    changes: Changes, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_module, "MAX_PATHS", 3)
    for number in range(10):
        changes.remove_file(f"a/{number}.mp4")
        changes.add_file(f"b/{number}.mp4")
    clock.now += SETTLE
    settled = changes.take()
    assert settled is not None
    assert settled.parts == {FolderPart("a", recursive=False), FolderPart("b", recursive=False)}
    assert len(settled.gone) <= 6
