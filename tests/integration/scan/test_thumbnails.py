"""Thumbnails that scans make: once for each content, and only missing ones."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest
import sqlalchemy as sa
from tests.clips import make_clip

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.library.tables import videos
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION
from stoat_ferret.media.prober import PROBE_VERSION, LibavProber
from stoat_ferret.media.thumbnailer import LibavThumbnailer, Thumbnail, Thumbnailer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.scan.conftest import ScannedFolder

    from stoat_ferret.jobs.job import Progress

SECONDS = 60.0


class CountingThumbnailer:
    """Counts its calls, and passes them on."""

    def __init__(self, thumbnailer: Thumbnailer) -> None:
        self.asked_for: list[str] = []
        self._thumbnailer = thumbnailer

    async def make(self, path: str | os.PathLike[str]) -> tuple[str, Thumbnail]:
        self.asked_for.append(os.path.basename(path))  # noqa: PTH119  as os.fspath gives it
        return await self._thumbnailer.make(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return the folder for thumbnails."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


@pytest.fixture
def thumbnailer(scanned: ScannedFolder, pictures: Path) -> CountingThumbnailer:
    """Return a thumbnailer for files that need no other reading."""
    return CountingThumbnailer(
        LibavThumbnailer(scanned.workers, str(pictures), timeout_seconds=SECONDS)
    )


@pytest.fixture
def pictured(
    scanned: ScannedFolder, pictures: Path, thumbnailer: CountingThumbnailer
) -> ScannedFolder:
    """Return the folder, scanned with thumbnails."""
    prober = LibavProber(scanned.workers, timeout_seconds=SECONDS, thumbnails=str(pictures))
    return replace(scanned, tools=replace(scanned.tools, prober=prober, thumbnailer=thumbnailer))


async def versions(folder: ScannedFolder) -> dict[str, tuple[int, int]]:
    """Return the versions of probe and thumbnail, by path."""
    columns = (videos.c.path, videos.c.probe_version, videos.c.thumbnail_version)
    async with folder.tools.database.read() as connection:
        rows = await connection.execute(sa.select(*columns))
        return {os.fsdecode(path): (probe, thumbnail) for path, probe, thumbnail in rows}


async def set_version(folder: ScannedFolder, **values: int) -> None:
    async with folder.tools.database.write() as connection:
        await connection.execute(sa.update(videos).values(**values))


def names(pictures: Path) -> list[str]:
    return sorted(path.name for path in pictures.rglob("*.webp"))


def block(pictures: Path) -> None:
    pictures.rmdir()
    pictures.write_text("a file where a folder should be")


def unblock(pictures: Path) -> None:
    pictures.unlink()
    pictures.mkdir()


def places(pictures: Path) -> dict[str, int]:
    """Return the inode of each thumbnail: another one if it was written again."""
    return {path.name: path.stat().st_ino for path in pictures.rglob("*.webp")}


async def test_a_scan_makes_the_thumbnails_of_what_it_reads(
    pictured: ScannedFolder, pictures: Path, thumbnailer: CountingThumbnailer
) -> None:
    pictured.put("h264.mp4", "a.mp4")
    pictured.put("h264.mp4", "the same.mp4")
    pictured.put("wide.mp4", "b.mp4")
    pictured.put("audio.mp4", "sound.mp4")
    pictured.put("text.mp4", "bad.mp4")
    await pictured.scan()
    made = await versions(pictured)
    assert {path: thumbnail for path, (_, thumbnail) in made.items()} == {
        **dict.fromkeys(["a.mp4", "the same.mp4", "b.mp4"], THUMBNAIL_VERSION),
        **dict.fromkeys(["sound.mp4", "bad.mp4"], 0),
    }
    assert len(names(pictures)) == 3
    assert (await pictured.scan()).unchanged == 5
    assert not thumbnailer.asked_for


async def test_what_was_scanned_without_them_gets_only_its_thumbnail(
    scanned: ScannedFolder,
    pictured: ScannedFolder,
    pictures: Path,
    thumbnailer: CountingThumbnailer,
) -> None:
    pictured.put("h264.mp4", "a.mp4")
    pictured.put("wide.mp4", "b.mp4")
    pictured.put("text.mp4", "bad.mp4")
    await scanned.scan()
    before = await scanned.known()
    shown: list[Progress] = []
    result = await pictured.scan(on_progress=shown.append)
    assert (result.unchanged, result.updated, result.failed) == (3, 0, 0)
    assert sorted(thumbnailer.asked_for) == ["a.mp4", "b.mp4"]
    assert (shown[-1].fraction, shown[-1].done, shown[-1].total) == (1.0, 2, 2)
    after = await pictured.known()
    for path, video in before.items():
        ok = path != "bad.mp4"
        expected = THUMBNAIL_VERSION if ok else 0
        assert after[path] == replace(video, thumbnail_version=expected)
    assert len(names(pictures)) == 3


async def test_a_better_thumbnailer_makes_only_thumbnails_again(
    pictured: ScannedFolder, thumbnailer: CountingThumbnailer
) -> None:
    pictured.put("h264.mp4", "a.mp4")
    await pictured.scan()
    await set_version(pictured, thumbnail_version=THUMBNAIL_VERSION + 1)
    assert (await pictured.scan()).unchanged == 1
    assert thumbnailer.asked_for == ["a.mp4"]
    assert await versions(pictured) == {"a.mp4": (PROBE_VERSION, THUMBNAIL_VERSION)}


async def test_a_better_prober_decodes_nothing_again(
    pictured: ScannedFolder, pictures: Path, thumbnailer: CountingThumbnailer
) -> None:
    pictured.put("h264.mp4", "a.mp4")
    await pictured.scan()
    before = places(pictures)
    await set_version(pictured, probe_version=99)
    assert (await pictured.scan()).updated == 1
    assert await versions(pictured) == {"a.mp4": (PROBE_VERSION, THUMBNAIL_VERSION)}
    assert places(pictures) == before
    assert not thumbnailer.asked_for


async def test_a_scan_without_thumbnails_keeps_those_of_the_same_content(
    scanned: ScannedFolder, pictured: ScannedFolder
) -> None:
    pictured.put("h264.mp4", "same.mp4")
    pictured.put("h264.mp4", "replaced.mp4")
    await pictured.scan()
    await set_version(pictured, storyboard_version=1)
    os.utime(pictured.path / "same.mp4")
    pictured.put("wide.mp4", "replaced.mp4")
    assert (await scanned.scan()).updated == 2
    known = await scanned.known()
    same = known["same.mp4"]
    assert (same.thumbnail_version, same.storyboard_version) == (THUMBNAIL_VERSION, 1)
    assert (known["replaced.mp4"].thumbnail_version, known["replaced.mp4"].storyboard_version) == (
        0,
        0,
    )


async def test_what_shows_nothing_is_not_tried_again(
    pictured: ScannedFolder, thumbnailer: CountingThumbnailer
) -> None:
    data = bytearray(make_clip("one-frame.mp4").read_bytes())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    (pictured.path / "empty.mp4").write_bytes(data)
    assert (await pictured.scan()).added == 1
    assert await versions(pictured) == {"empty.mp4": (PROBE_VERSION, -THUMBNAIL_VERSION)}
    await pictured.scan()
    assert not thumbnailer.asked_for


async def test_a_folder_that_cannot_be_written_is_a_warning_and_no_failure(
    pictured: ScannedFolder, pictures: Path, thumbnailer: CountingThumbnailer
) -> None:
    pictured.put("h264.mp4", "a.mp4")
    pictured.put("wide.mp4", "b.mp4")
    block(pictures)
    result = await pictured.scan()
    assert (result.added, result.failed) == (2, 0)
    (warning,) = result.errors
    assert warning["path"] == "thumbnails"
    assert "Not a directory" in warning["reason"]
    unblock(pictures)
    assert (await pictured.scan()).errors == []
    assert len(names(pictures)) == 3


async def test_the_other_prober_has_thumbnails_too(
    pictured: ScannedFolder,
    thumbnailer: CountingThumbnailer,
) -> None:
    ffprobe = packaged_ffprobe()
    assert ffprobe
    limiter = anyio.CapacityLimiter(2)
    prober = FfprobeProber(
        pictured.workers, limiter, ffprobe, timeout_seconds=SECONDS, thumbnailer=thumbnailer
    )
    pictured.put("h264.mp4", "a.mp4")
    pictured.put("audio.mp4", "sound.mp4")
    await pictured.using(prober).scan()
    assert thumbnailer.asked_for == ["a.mp4"]
    assert (await versions(pictured))["a.mp4"] == (PROBE_VERSION, THUMBNAIL_VERSION)


async def test_more_readers_than_processes_start_no_more_processes(
    pictured: ScannedFolder,
) -> None:
    for number in range(4):
        pictured.put(f"small-{number}.mp4", f"{number}.mp4")
    pids: set[int] = set()
    crowded = replace(pictured, tools=replace(pictured.tools, concurrency=4))
    await crowded.scan(on_progress=lambda _: pids.update(pictured.workers.pids))
    assert 1 <= len(pids) <= 2


async def test_a_stopped_scan_goes_on_with_its_thumbnails(
    scanned: ScannedFolder, pictured: ScannedFolder, thumbnailer: CountingThumbnailer
) -> None:
    for number in range(4):
        pictured.put(f"small-{number}.mp4", f"{number}.mp4")
    await scanned.scan()
    result = await pictured.scan(should_stop=lambda: bool(thumbnailer.asked_for))
    done = [path for path, (_, made) in (await versions(pictured)).items() if made]
    assert 1 <= len(done) < 4
    assert result.unchanged == 4
    await pictured.scan()
    assert len(thumbnailer.asked_for) == 4
