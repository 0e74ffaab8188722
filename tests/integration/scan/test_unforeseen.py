"""An unexpected error affects only the file that it is about, wherever it is raised."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio
import pytest
import structlog
from tests.integration.media import faults

from stoat_ferret.errors import DatabaseError, ProcessNotStartedError, StoatFerretError
from stoat_ferret.ffmpeg.binaries import find_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.media.prober import FallbackProber, LibavProber, one_by_one
from stoat_ferret.media.thumbnailer import LibavThumbnailer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.integration.scan.conftest import ScannedFolder

    from stoat_ferret.media.prober import Outcomes, ProbedFile, Prober
    from stoat_ferret.media.thumbnailer import Thumbnail, Thumbnailer

NAMES = ("a.mp4", "bad.mp4", "c.mp4")


@dataclass
class Faulty:
    """A prober and thumbnailer that raises `error` for one file, in the server itself."""

    prober: Prober
    thumbnailer: Thumbnailer
    error: Exception
    name: str = "faulty"

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        self._refuse(path)
        return await self.prober.probe(path)

    def probe_each(self, paths: Sequence[str | os.PathLike[str]]) -> Outcomes:
        return one_by_one(self.probe, paths)

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        self._refuse(path)
        return await self.prober.fingerprint(path)

    async def make(self, path: str | os.PathLike[str]) -> tuple[str, Thumbnail]:
        self._refuse(path)
        return await self.thumbnailer.make(path)

    def _refuse(self, path: str | os.PathLike[str]) -> None:
        if "bad" in os.fspath(path):
            raise self.error


def faulty(scanned: ScannedFolder, folder: Path, error: Exception) -> Faulty:
    thumbnailer = LibavThumbnailer(scanned.workers, str(folder), timeout_seconds=60)
    return Faulty(scanned.tools.prober, thumbnailer, error)


def by_worker(scanned: ScannedFolder, folder: Path) -> LibavProber:
    """Return a prober that raises in the worker, for the file called bad."""
    folder.mkdir()
    return LibavProber(
        scanned.workers,
        timeout_seconds=60,
        thumbnails=str(folder),
        read=faults.probe_unless_bad,
    )


def by_ffprobe(scanned: ScannedFolder) -> FfprobeProber:
    limiter = anyio.CapacityLimiter(2)
    return FfprobeProber(scanned.workers, limiter, find_ffprobe(), timeout_seconds=60)


def put_all(scanned: ScannedFolder) -> None:
    for name in NAMES:
        scanned.put("short.mp4", name)


async def test_in_a_worker(scanned: ScannedFolder, tmp_path: Path) -> None:
    put_all(scanned)
    with structlog.testing.capture_logs() as logs:
        result = await scanned.using(by_worker(scanned, tmp_path / "pictures")).scan()
    assert (result.added, result.failed) == (2, 1)
    bad = (await scanned.known())["bad.mp4"]
    assert bad.status is VideoStatus.BAD
    assert "The prober (libav) failed (KeyError: 1)" in (bad.reason or "")
    assert bad.fingerprint
    (told,) = [log for log in logs if log["event"] == "file_failed"]
    assert told["path"].endswith("/bad.mp4")
    assert "in _refuse" in "".join(told["exc_info"].__notes__)


async def test_the_other_prober_has_its_try(scanned: ScannedFolder, tmp_path: Path) -> None:
    put_all(scanned)
    libav = by_worker(scanned, tmp_path / "pictures")
    result = await scanned.using(FallbackProber(libav, by_ffprobe(scanned))).scan()
    assert (result.added, result.failed) == (3, 0)


@pytest.mark.parametrize("error", [ZeroDivisionError("first"), ProcessNotStartedError("x", "y")])
async def test_where_both_probers_fail_the_first_is_told(
    error: Exception, scanned: ScannedFolder, tmp_path: Path
) -> None:
    put_all(scanned)
    libav = by_worker(scanned, tmp_path / "pictures")
    other = faulty(scanned, tmp_path, error)
    result = await scanned.using(FallbackProber(libav, other)).scan()
    assert (result.added, result.failed) == (2, 1)
    assert "KeyError: 1" in result.errors[0]["reason"]


@pytest.mark.parametrize("error", [KeyError(1), RecursionError(), OSError(5, "x"), MemoryError()])
async def test_in_a_prober(error: Exception, scanned: ScannedFolder, tmp_path: Path) -> None:
    put_all(scanned)
    with structlog.testing.capture_logs() as logs:
        result = await scanned.using(faulty(scanned, tmp_path, error)).scan()
    assert (result.added, result.failed) == (2, 1)
    assert type(error).__name__ in result.errors[0]["reason"]
    (told,) = [log for log in logs if log["event"] == "file_failed"]
    assert told["exc_info"] is error


async def test_in_a_fingerprint_for_moves(scanned: ScannedFolder, tmp_path: Path) -> None:
    scanned.put("short.mp4", "old.mp4").rename(scanned.path / "older.mp4")
    await scanned.scan()
    (scanned.path / "older.mp4").rename(scanned.path / "newer.mp4")
    scanned.put("short.mp4", "bad.mp4")
    result = await scanned.using(faulty(scanned, tmp_path, KeyError(1))).scan()
    assert (result.moved, result.failed) == (1, 1)


@pytest.mark.parametrize("in_worker", [True, False])
async def test_in_a_thumbnailer(in_worker: bool, scanned: ScannedFolder, tmp_path: Path) -> None:
    put_all(scanned)
    await scanned.scan()
    thumbnailer: Thumbnailer = faulty(scanned, tmp_path, KeyError(1))
    if in_worker:
        thumbnailer = LibavThumbnailer(
            scanned.workers, str(tmp_path), timeout_seconds=60, make=faults.picture_unless_bad
        )
    pictured = replace(scanned, tools=replace(scanned.tools, thumbnailer=thumbnailer))
    with structlog.testing.capture_logs() as logs:
        result = await pictured.scan()
    assert result.unchanged == 3
    (told,) = [log for log in logs if log["event"] == "file_failed"]
    assert told["path"].endswith("/bad.mp4")


@pytest.mark.parametrize("error", [DatabaseError("locked"), ProcessNotStartedError("x", "y")])
async def test_what_is_not_of_a_file_ends_the_scan(
    error: StoatFerretError, scanned: ScannedFolder, tmp_path: Path
) -> None:
    put_all(scanned)
    with pytest.raises(type(error)):
        await scanned.using(faulty(scanned, tmp_path, error)).scan()
    assert "bad.mp4" not in await scanned.known()
