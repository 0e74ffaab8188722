"""Pictures on disk: deleted when no video uses them, and never half written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.errors import PictureNotFoundError
from stoat_ferret.media.picture_files import STORYBOARD_VERSION, write_whole
from stoat_ferret.pictures.store import NEW_SECONDS, PART_SECONDS, PictureStore

if TYPE_CHECKING:
    from tests.integration.pictures.conftest import Storyboards


def names(storyboards: Storyboards) -> set[str]:
    return {path.name for path in Path(storyboards.files.folder).rglob("*") if path.is_file()}


def put(
    storyboards: Storyboards, fingerprint: str, *, age_seconds: float = 0.0, part: bool = False
) -> Path:
    """Write a picture, or a part of one that a killed process left, of this age."""
    path = storyboards.files.sheet(fingerprint, 0)
    if part:
        path = path.with_name(f".{path.name}.1.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    then = path.stat().st_mtime - age_seconds
    os.utime(path, (then, then))
    return path


async def test_a_sweep_removes_parts_and_what_no_video_has(storyboards: Storyboards) -> None:
    storyboards.folder.put("h264.mp4", "a.mp4")
    await storyboards.folder.scan()
    fingerprint = (await storyboards.folder.known())["a.mp4"].fingerprint
    assert fingerprint
    old = 2 * NEW_SECONDS
    kept = {put(storyboards, fingerprint, age_seconds=old).name, put(storyboards, "a" * 40).name}
    put(storyboards, "b" * 40, age_seconds=old)
    put(storyboards, fingerprint, age_seconds=2 * PART_SECONDS, part=True)
    await PictureStore(storyboards.files, storyboards.versions).sweep()
    assert names(storyboards) == kept


async def test_a_sweep_removes_older_versions(storyboards: Storyboards) -> None:
    storyboards.folder.put("h264.mp4", "a.mp4")
    await storyboards.folder.scan()
    fingerprint = (await storyboards.folder.known())["a.mp4"].fingerprint
    assert fingerprint
    newest = put(storyboards, fingerprint, age_seconds=2 * NEW_SECONDS)
    older = newest.with_name(newest.name.replace(f"-{STORYBOARD_VERSION}-", "-0-"))
    copy(newest, older)
    await PictureStore(storyboards.files, storyboards.versions).sweep()
    assert names(storyboards) == {newest.name}


def copy(path: Path, target: Path) -> None:
    shutil.copy2(path, target)


async def test_what_cannot_be_thrown_away_is_a_warning(storyboards: Storyboards) -> None:
    put(storyboards, "a" * 40)
    stuck = storyboards.files.sheet("b" * 40, 0)
    stuck.mkdir(parents=True)  # no file, and so not removed like one
    store = PictureStore(storyboards.files, storyboards.versions)
    await store.discard(["b" * 40])
    await store.discard(["a" * 40, None])
    assert stuck.is_dir()
    assert not names(storyboards)


async def test_pictures_of_other_libraries_are_left_alone(storyboards: Storyboards) -> None:
    old = 2 * NEW_SECONDS
    others = {put(storyboards, "a" * 40).name, put(storyboards, "b" * 40, age_seconds=old).name}
    put(storyboards, "c" * 40, age_seconds=2 * PART_SECONDS, part=True)
    store = PictureStore(storyboards.files, storyboards.versions, owns_folder=False)
    await store.discard(["a" * 40])
    await store.sweep()
    assert names(storyboards) == others


async def test_a_sweep_of_no_folder_is_none(storyboards: Storyboards) -> None:
    await PictureStore(storyboards.files, storyboards.versions).sweep()


async def test_an_empty_file_is_no_picture(storyboards: Storyboards) -> None:
    storyboards.folder.put("h264.mp4", "a.mp4")
    await storyboards.folder.scan()
    await storyboards.make()
    fingerprint = (await storyboards.folder.known())["a.mp4"].fingerprint
    assert fingerprint
    empty(storyboards.files.index(fingerprint))
    store = PictureStore(storyboards.files, storyboards.versions)
    with pytest.raises(PictureNotFoundError):
        await store.index(fingerprint, STORYBOARD_VERSION)
    assert (await storyboards.make()).made == 1
    assert await store.index(fingerprint, STORYBOARD_VERSION)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "picture").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "picture", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["picture"]


LIST = b"WEBVTT\n\n00:00.000 --> 00:01.000\n%s-0.webp#xywh=0,0,160,90\n"


def put_old(storyboards: Storyboards, text: bytes) -> Path:
    """Write a list of tiles as an older version stored it."""
    folder = storyboards.files.folder
    path = Path(
        folder, "strips", storyboards.files.index("a" * 40).relative_to(Path(folder, "storyboards"))
    )
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    return path


async def test_storyboards_of_an_older_version_are_kept_and_served(
    storyboards: Storyboards,
) -> None:
    old = put_old(storyboards, LIST % b"strip")
    storyboards.files.adopt_old()
    storyboards.files.adopt_old()
    store = PictureStore(storyboards.files, storyboards.versions)
    assert await store.index("a" * 40, STORYBOARD_VERSION) == LIST % b"storyboard"
    assert names(storyboards) == {old.name}


async def test_newer_storyboards_are_not_replaced_by_older_ones(storyboards: Storyboards) -> None:
    newer = put(storyboards, "b" * 40)
    old = put_old(storyboards, LIST % b"strip")
    storyboards.files.adopt_old()
    assert names(storyboards) == {newer.name, old.name}


async def test_without_its_folder_no_picture_is_taken_for_deleted(
    storyboards: Storyboards,
) -> None:
    """The disk that several machines share may not be mounted on one of them."""
    storyboards.folder.put("h264.mp4", "a.mp4")
    await storyboards.folder.scan()
    await storyboards.make()
    video = (await storyboards.folder.known())["a.mp4"]
    assert video.fingerprint
    folder = Path(storyboards.files.folder)
    away = folder.with_name("not mounted")
    shutil.move(folder, away)
    store = PictureStore(storyboards.files, storyboards.versions)
    with pytest.raises(PictureNotFoundError, match="The folder of pictures is not there"):
        await store.index(video.fingerprint, STORYBOARD_VERSION)
    assert await storyboards.known() == {"a.mp4": STORYBOARD_VERSION}
    with pytest.raises(FileNotFoundError):
        write_whole(storyboards.files.index("c" * 40), b"data")
    shutil.move(away, folder)  # into it, if there were one
    assert await store.index(video.fingerprint, STORYBOARD_VERSION)
