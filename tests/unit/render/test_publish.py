"""Publishing of finished files: never over other files, and once, wherever it is interrupted."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.render.run.publish import FinishedFile, Manifest, publish

if TYPE_CHECKING:
    from pathlib import Path

JOB = "01a20538-928d-746d-931d-5d89a521c16a"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def scratch(folder: Path) -> Path:
    path = folder / ".scratch"
    path.mkdir()
    return path


def finished(scratch: Path, *suffixes: str, overwrite: bool = False) -> Manifest:
    """Return a manifest of files called holiday, each holding its suffix."""
    files = []
    for suffix in suffixes:
        (scratch / f"made{suffix}").write_text(f"new{suffix}")
        files.append(FinishedFile(f"made{suffix}", suffix, len(f"new{suffix}"), is_video=True))
    return Manifest("holiday", overwrite, tuple(files), ("a note",))


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_files_get_their_names(folder: Path, scratch: Path) -> None:
    manifest = finished(scratch, "-001.png", "-002.png")
    assert publish(scratch, manifest, folder) == [
        folder / "holiday-001.png",
        folder / "holiday-002.png",
    ]
    assert contents(folder) == {"holiday-001.png": "new-001.png", "holiday-002.png": "new-002.png"}


def test_a_name_that_is_taken_is_left_alone(folder: Path, scratch: Path) -> None:
    (folder / "holiday.mp4").write_text("old")
    (folder / "holiday (2).mp4").write_text("old too")
    manifest = finished(scratch, ".mp4")
    assert publish(scratch, manifest, folder) == [folder / "holiday (3).mp4"]
    assert contents(folder) == {
        "holiday.mp4": "old",
        "holiday (2).mp4": "old too",
        "holiday (3).mp4": "new.mp4",
    }


def test_files_with_names_of_their_own_share_the_number(folder: Path, scratch: Path) -> None:
    (folder / "b.mp4").write_text("old")
    files = []
    for number, name in enumerate("ab"):
        (scratch / name).mkdir()
        (scratch / name / "output.mp4").write_text(name)
        files.append(FinishedFile(f"{name}/output.mp4", ".mp4", 1, True, name, number))
    manifest = Manifest("a", False, tuple(files), ())
    assert publish(scratch, manifest, folder) == [folder / "a (2).mp4", folder / "b (2).mp4"]
    assert contents(folder) == {"b.mp4": "old", "a (2).mp4": "a", "b (2).mp4": "b"}
    assert publish(scratch, Manifest.read(scratch), folder)[1] == folder / "b (2).mp4"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_that_name_is_never_replaced(
    folder: Path, scratch: Path, *, overwrite: bool
) -> None:
    (folder / "holiday-001.png").write_text("old")
    (folder / "holiday-002.png").mkdir()
    manifest = finished(scratch, "-001.png", "-002.png", overwrite=overwrite)
    publish(scratch, manifest, folder)
    assert contents(folder) == {
        "holiday-001.png": "old",
        "holiday (2)-001.png": "new-001.png",
        "holiday (2)-002.png": "new-002.png",
    }


def test_files_that_belong_together_keep_one_name(folder: Path, scratch: Path) -> None:
    (folder / "holiday-002.png").write_text("old")
    manifest = finished(scratch, "-001.png", "-002.png")
    publish(scratch, manifest, folder)
    assert contents(folder) == {
        "holiday-002.png": "old",
        "holiday (2)-001.png": "new-001.png",
        "holiday (2)-002.png": "new-002.png",
    }


def test_a_file_is_replaced_where_that_was_asked_for(folder: Path, scratch: Path) -> None:
    (folder / "holiday.mp4").write_text("old")
    publish(scratch, finished(scratch, ".mp4", overwrite=True), folder)
    assert contents(folder) == {"holiday.mp4": "new.mp4"}


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("done", [0, 1, 2])
def test_an_interrupted_publishing_goes_on_under_the_same_name(
    folder: Path,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
    done: int,
    has_links: bool,
    overwrite: bool,
) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", refuse)
    (folder / "holiday.mp4").write_text("somebody's")
    manifest = finished(scratch, "-001.png", "-002.png", overwrite=overwrite)
    part = Manifest("holiday", overwrite, manifest.files[:done], ())
    publish(scratch, part, folder)
    Manifest("holiday", overwrite, manifest.files, manifest.notes, base="holiday").write(scratch)
    read = Manifest.read(scratch)
    assert read.files == manifest.files
    assert read.notes == ("a note",)
    assert publish(scratch, read, folder) == [
        folder / "holiday-001.png",
        folder / "holiday-002.png",
    ]
    assert contents(folder) == {
        "holiday.mp4": "somebody's",
        "holiday-001.png": "new-001.png",
        "holiday-002.png": "new-002.png",
    }


def test_without_links_a_name_that_is_taken_is_left_alone_as_well(
    folder: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", refuse)
    (folder / "holiday-002.png").write_text("old")
    publish(scratch, finished(scratch, "-001.png", "-002.png"), folder)
    assert contents(folder) == {
        "holiday-002.png": "old",
        "holiday (2)-001.png": "new-001.png",
        "holiday (2)-002.png": "new-002.png",
    }


def refuse(*_: object, **__: object) -> None:
    """Fail as a file system without hard links does."""
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))
