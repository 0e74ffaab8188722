"""The output folder is checked without creating anything."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.errors import OutputFolderError, OutputSpaceError
from stoat_ferret.render.run.output_folder import FolderState, OutputFolderCheck

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_folder_that_is_there_or_can_be_made_is_told_with_its_room(tmp_path: Path) -> None:
    assert "free" in await OutputFolderCheck(tmp_path)()
    new = tmp_path / "new"
    said = await OutputFolderCheck(new)()
    assert said.startswith(f"{new}, made when it is needed, ")
    assert not new.exists()


async def test_what_cannot_be_a_folder_is_an_error_that_says_why(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for path, reason in [
        (tmp_path / "unplugged" / "renders", "there is no folder .*unplugged"),
        (file, "not a directory"),
        (file / "renders", "there is no folder"),
    ]:
        with pytest.raises(OutputFolderError, match=f"{reason}.*STOAT_OUTPUT_DIR"):
            await OutputFolderCheck(path)()


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """Make a folder that is not writable."""
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    return folder


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_that_may_not_be_written_is_an_error(locked: Path) -> None:
    with pytest.raises(OutputFolderError, match="permission denied"):
        await OutputFolderCheck(locked)()


async def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputSpaceError):
        await OutputFolderCheck(tmp_path, lambda _: FolderState(True, 1_000_000))()


async def test_a_disk_that_does_not_answer_is_asked_once_until_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoat_ferret.render.run.output_folder.ANSWER_SECONDS", 0.1)
    asked, back = [], threading.Event()

    def look(path: Path) -> FolderState:
        asked.append(path)
        back.wait(60)
        return FolderState(True, 10**12)

    check = OutputFolderCheck(tmp_path, look)
    for _ in range(3):
        with pytest.raises(OutputFolderError, match="does not answer"):
            await check()
    assert len(asked) == 1
    monkeypatch.setattr("stoat_ferret.render.run.output_folder.ANSWER_SECONDS", 30)
    back.set()
    assert "1,000.0 GB free" in await check()
