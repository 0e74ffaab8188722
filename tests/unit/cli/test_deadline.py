"""The file system is not waited for without bound."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from stoat_ferret.cli.deadline import answer_of, unreadable


class NeverAnswers(type(Path())):  # type: ignore[misc]  # the path class of this system
    """A folder on a disk that is gone: asking for it blocks."""

    released = threading.Event()

    def is_dir(self) -> bool:
        return not self.released.wait(60)


async def test_an_answer_and_an_error_come_through(tmp_path: Path) -> None:
    assert await answer_of(tmp_path.is_dir)
    with pytest.raises(FileNotFoundError):
        await answer_of((tmp_path / "none").stat)


async def test_a_thread_that_never_ends_is_left_behind() -> None:
    release = threading.Event()
    try:
        with pytest.raises(TimeoutError):
            await answer_of(lambda: release.wait(60), timeout_seconds=0.05)
    finally:
        release.set()


def test_roots_that_are_absent_files_or_silent_are_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    silent = NeverAnswers(tmp_path)
    roots: list[Path] = [tmp_path, file, tmp_path / "none", silent]
    try:
        assert unreadable(roots, timeout_seconds=0.05)[-3:] == [file, tmp_path / "none", silent]
    finally:
        silent.released.set()
