"""The server's messages about its roots at start-up."""

from __future__ import annotations

import threading
from pathlib import Path

from stoat_ferret.cli.server import unreadable


class NeverAnswers(type(Path())):  # type: ignore[misc]  # the path class of this system
    """A folder on a disk that is gone: each access blocks."""

    released = threading.Event()

    def is_dir(self) -> bool:
        return not self.released.wait(60)


async def test_roots_that_are_absent_files_or_silent_are_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    silent = NeverAnswers(tmp_path)
    roots: list[Path] = [tmp_path, file, tmp_path / "none", silent]
    try:
        absent = await unreadable(roots, timeout_seconds=0.05)
        assert absent[-3:] == (file, tmp_path / "none", silent)
    finally:
        silent.released.set()
