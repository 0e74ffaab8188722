"""Pictures on disk: thrown away when nobody has them, and never half written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.errors import PictureNotFoundError
from stoat_ferret.media.picture_files import STRIP_VERSION, write_whole
from stoat_ferret.pictures.store import NEW_SECONDS, PictureStore

if TYPE_CHECKING:
    from tests.integration.pictures.conftest import Strips


def names(strips: Strips) -> set[str]:
    return {path.name for path in Path(strips.files.folder).rglob("*") if path.is_file()}


def put(strips: Strips, fingerprint: str, *, age_seconds: float = 0.0, part: bool = False) -> Path:
    """A picture, or a part of one that a killed process left, from so long ago."""
    path = strips.files.sheet(fingerprint, 0)
    if part:
        path = path.with_name(f".{path.name}.1.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    then = path.stat().st_mtime - age_seconds
    os.utime(path, (then, then))
    return path


async def test_a_sweep_removes_parts_and_what_no_video_has(strips: Strips) -> None:
    strips.folder.put("h264.mp4", "a.mp4")
    await strips.folder.scan()
    fingerprint = (await strips.folder.known())["a.mp4"].fingerprint
    assert fingerprint
    old = 2 * NEW_SECONDS
    kept = {put(strips, fingerprint, age_seconds=old).name, put(strips, "a" * 40).name}
    put(strips, "b" * 40, age_seconds=old)
    put(strips, fingerprint, age_seconds=5, part=True)
    await PictureStore(strips.files, strips.versions).sweep()
    assert names(strips) == kept


async def test_a_sweep_removes_older_versions(strips: Strips) -> None:
    strips.folder.put("h264.mp4", "a.mp4")
    await strips.folder.scan()
    fingerprint = (await strips.folder.known())["a.mp4"].fingerprint
    assert fingerprint
    newest = put(strips, fingerprint, age_seconds=2 * NEW_SECONDS)
    older = newest.with_name(newest.name.replace(f"-{STRIP_VERSION}-", "-0-"))
    copy(newest, older)
    await PictureStore(strips.files, strips.versions).sweep()
    assert names(strips) == {newest.name}


def copy(path: Path, target: Path) -> None:
    shutil.copy2(path, target)


async def test_what_cannot_be_thrown_away_is_a_warning(strips: Strips) -> None:
    put(strips, "a" * 40)
    stuck = strips.files.sheet("b" * 40, 0)
    stuck.mkdir(parents=True)  # no file, and so not removed like one
    store = PictureStore(strips.files, strips.versions)
    await store.discard(["b" * 40])
    await store.discard(["a" * 40, None])
    assert stuck.is_dir()
    assert not names(strips)


async def test_a_sweep_of_no_folder_is_none(strips: Strips) -> None:
    await PictureStore(strips.files, strips.versions).sweep()


async def test_an_empty_file_is_no_picture(strips: Strips) -> None:
    strips.folder.put("h264.mp4", "a.mp4")
    await strips.folder.scan()
    await strips.make()
    fingerprint = (await strips.folder.known())["a.mp4"].fingerprint
    assert fingerprint
    empty(strips.files.index(fingerprint))
    store = PictureStore(strips.files, strips.versions)
    with pytest.raises(PictureNotFoundError):
        await store.index(fingerprint, STRIP_VERSION)
    assert (await strips.make()).made == 1
    assert await store.index(fingerprint, STRIP_VERSION)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "picture").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "picture", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["picture"]
