"""Scans as jobs of a running program."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import psutil
import pytest
import sqlalchemy as sa
from tests.clips import small_clips
from tests.fake_programs import FakeProgram, slow_program
from tests.postgresql import with_usual_library

from stoat_ferret.bootstrap import Services, open_services, open_task_services
from stoat_ferret.config import load_settings
from stoat_ferret.errors import (
    FolderNotFoundError,
    PathOutsideRootsError,
    PictureNotFoundError,
)
from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.tables import inventories
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from stoat_ferret.jobs.job import Progress

FAILURE_LINE_SECONDS = 10.0
"""Far beyond what is promised, for a busy machine."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root


@asynccontextmanager
async def services(root: Path, **settings: Any) -> AsyncIterator[Services]:
    data_dir = root.parent / "data"
    data_dir.mkdir(exist_ok=True)
    values = {"roots": (root,), "data_dir": data_dir, "media_processes": 2, **settings}
    async with open_services(with_usual_library(load_settings(**values))) as opened:
        await opened.health.report()  # it has run ffprobe once, for its version
        yield opened


@pytest.fixture
def slow_ffprobe(tmp_path: Path) -> FakeProgram:
    return slow_program(tmp_path / "programs")


def read_files(progress: Progress) -> int:
    """Return how many files were read; files found while counting do not count."""
    return (progress.done or 0) if progress.phase == "probing" else 0


async def ended(services: Services, job: Job) -> Job:
    async with asyncio.timeout(60):
        with services.queue.subscribe() as snapshots:
            current = await services.queue.get(job.id)
            if current.status.is_final:
                return current
            async for snapshot in snapshots:
                if snapshot.id == job.id and snapshot.status.is_final:
                    return snapshot
    raise AssertionError


async def test_a_scan_job_leaves_its_result(root: Path) -> None:
    small_clips(root, 5)
    async with services(root) as opened:
        job = await ended(opened, await opened.submit_scan(str(root)))
        assert job.status is JobStatus.SUCCEEDED
        assert job.progress.fraction == 1.0
        assert job.result is not None
        assert job.result["added"] == 5
        assert (await opened.videos.find(VideoQuery())).total == 5


async def test_the_same_scan_twice_is_one_job(root: Path, slow_ffprobe: FakeProgram) -> None:
    small_clips(root, 2)
    settings = {"prober": "ffprobe", "ffprobe": slow_ffprobe.path}
    async with services(root, shutdown_grace_seconds=0, **settings) as opened:
        first = await opened.submit_scan(str(root))
        assert (await opened.submit_scan(f"{root}/")).id == first.id
        assert (await opened.submit_scan(str(root), force=True)).id != first.id


async def test_cancelling_ends_a_hanging_scan_and_keeps_its_result(
    root: Path, slow_ffprobe: FakeProgram
) -> None:
    small_clips(root, 20)
    async with services(root, prober="ffprobe", ffprobe=slow_ffprobe.path) as opened:
        with slow_ffprobe.starts() as starts:
            job = await opened.submit_scan(str(root))
            await starts.wait()
        start = time.monotonic()
        await opened.queue.cancel(job.id)
        job = await ended(opened, job)
        assert time.monotonic() - start < FAILURE_LINE_SECONDS
        assert job.status is JobStatus.CANCELLED
        assert job.result is not None
        assert job.result["found"] == 20
        assert slow_ffprobe.running == []


async def test_the_deadline_of_a_scan_fires(root: Path, slow_ffprobe: FakeProgram) -> None:
    small_clips(root, 4)
    settings = {"prober": "ffprobe", "ffprobe": slow_ffprobe.path, "scan_timeout_seconds": 1.0}
    async with services(root, **settings) as opened:
        job = await ended(opened, await opened.submit_scan(str(root)))
        assert job.status is JobStatus.TIMED_OUT
        assert job.started_at is not None
        assert job.finished_at is not None
        assert 1 <= (job.finished_at - job.started_at).total_seconds() < FAILURE_LINE_SECONDS
        assert slow_ffprobe.running == []


async def test_cancelling_kills_a_stopped_libav_worker(root: Path) -> None:
    small_clips(root, 100)
    others = set(psutil.Process().children(recursive=True))  # of other tests
    async with services(root) as opened:
        job = await opened.submit_scan(str(root))
        with opened.queue.subscribe() as snapshots:
            async for snapshot in snapshots:
                if snapshot.id == job.id and read_files(snapshot.progress) >= 5:
                    break
        started = set(psutil.Process().children(recursive=True)) - others
        workers = {one for one in started if one.name() != "postgres"}
        assert workers
        for worker in workers:
            os.kill(worker.pid, signal.SIGSTOP)
        await opened.queue.cancel(job.id)
        job = await ended(opened, job)
        assert job.status is JobStatus.CANCELLED
        assert job.result is not None
        assert job.result["added"] >= 5
        assert (await opened.videos.find(VideoQuery())).total == job.result["added"]
        wait = partial(psutil.wait_procs, workers, timeout=FAILURE_LINE_SECONDS)
        _, left = await anyio.to_thread.run_sync(wait)
        assert left == []


async def test_a_scan_that_was_interrupted_goes_on_by_itself(root: Path) -> None:
    small_clips(root, 60)
    async with services(root, shutdown_grace_seconds=0) as opened:
        job = await opened.submit_scan(str(root))
        with opened.queue.subscribe() as snapshots:
            async for snapshot in snapshots:
                if read_files(snapshot.progress) > 15:
                    break
    async with services(root) as opened:
        job = await ended(opened, job)
        assert job.status is JobStatus.SUCCEEDED
        assert job.result is not None
        assert (job.result["added"], job.result["unchanged"]) == (60, 0)
        assert job.progress.total is not None
        assert job.progress.total <= 45  # the others were not read again
        assert (await opened.videos.find(VideoQuery())).total == 60


async def test_an_unplugged_root_fails_the_job_and_empties_nothing(root: Path) -> None:
    small_clips(root, 3)
    async with services(root) as opened:
        await ended(opened, await opened.submit_scan(str(root)))
        os.rename(root, root.with_name("unplugged"))  # noqa: PTH104  a rename waits for nothing
        job = await ended(opened, await opened.submit_scan(str(root)))
        assert job.status is JobStatus.FAILED
        assert job.error is not None
        assert "Is its disk plugged in" in job.error
        assert (await opened.videos.find(VideoQuery())).total == 3


async def test_only_configured_folders_are_scanned(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "link").symlink_to(outside)
    (root / "sub").mkdir()
    async with services(root) as opened:
        for path in (outside, root / "link", root / "sub" / ".." / "..", tmp_path / "nowhere"):
            with pytest.raises(PathOutsideRootsError):
                await opened.submit_scan(str(path))
        with pytest.raises(FolderNotFoundError):
            await opened.submit_scan(str(root / "nowhere"))
        assert (await opened.resolve_folder(str(root / "sub")))[1] == "sub"


async def test_a_command_takes_any_folder_and_knows_the_root_of_a_part(
    root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "films"
    small_clips(outside / "new", 2)
    settings = load_settings(roots=(root,), data_dir=tmp_path)
    for folder, counted in ((outside, "added"), (outside / "new", "unchanged")):
        opening = open_task_services(settings, "a test", new_root_for=str(folder))
        async with opening as opened:
            job = await ended(opened, await opened.submit_scan(str(folder)))
        assert job.result is not None
        assert (job.result["root"], job.result[counted]) == ("films", 2)


async def test_a_command_removes_the_inventories_of_jobs_that_ended(
    root: Path, tmp_path: Path
) -> None:
    settings = load_settings(roots=(root,), data_dir=tmp_path)
    async with (
        open_task_services(settings, "a test") as opened,
        opened.database.write() as connection,
    ):
        await connection.execute(sa.insert(inventories).values(number=7, scan_id="dead"))

    async def is_left() -> bool:
        async with opened.database.read() as connection:
            return bool(
                await connection.scalar(sa.select(sa.exists().where(inventories.c.number == 7)))
            )

    async with open_task_services(settings, "a test") as opened, asyncio.timeout(60):
        while await is_left():  # noqa: ASYNC110  nothing tells when the background has done it
            await asyncio.sleep(0.01)


async def test_an_empty_place_to_mount_pictures_at_is_left_empty(
    root: Path, tmp_path: Path
) -> None:
    shared, unmounted = tmp_path / "shared", tmp_path / "unmounted"
    shared.mkdir()
    small_clips(root, 1)
    given = {"pictures_dir": shared, "shutdown_grace_seconds": 0}
    async with services(root, **given) as opened:
        await ended(opened, await opened.submit_scan(str(root)))
        (video,) = (await opened.videos.find(VideoQuery())).items
        assert video.thumbnail_version
    assert list(shared.rglob("*.webp"))
    shared.rename(unmounted)
    shared.mkdir()
    async with services(root, **given) as opened:
        assert video.fingerprint
        with pytest.raises(PictureNotFoundError, match="is not there"):
            await opened.pictures.thumbnail(video.fingerprint, 640, video.thumbnail_version)
        await ended(opened, await opened.submit_scan(str(root), force=True))
        assert list(shared.iterdir()) == []
        assert (await opened.pictures.of(video.id)).thumbnail_version == video.thumbnail_version
    shared.rmdir()
    unmounted.rename(shared)
    async with services(root, **given) as opened:
        assert await opened.pictures.thumbnail(video.fingerprint, 640, video.thumbnail_version)


async def test_health_tells_what_is_found(root: Path) -> None:
    async with services(root) as opened:
        report = await opened.health.refresh()
        parts = {"database", "queue", "output", "roots", "watching"}
        assert set(report.checks) == parts | {"ffmpeg", "ffprobe"}
        assert report.ok, report
    async with services(root, ffprobe=root / "nothing") as opened:
        report = await opened.health.refresh()
        assert not report.ok
        assert "STOAT_FFPROBE" in report.checks["ffprobe"].detail


@pytest.mark.parametrize(
    "params",
    [
        {"folder": ".."},
        {"folder": "a/../../outside"},
        {"folder": "/etc"},
        {"folder": "link"},
        {"folder": "a\0b"},
        {"file": "../outside/secret.mp4"},
        {"file": "link/secret.mp4"},
    ],
)
async def test_a_stored_job_does_not_leave_its_root(root: Path, params: dict[str, str]) -> None:
    """Such a job may come with the database of somebody else."""
    (root / "a").mkdir()
    outside = root.parent / "outside"
    (clip,) = small_clips(outside, 1)
    clip.rename(outside / "secret.mp4")
    (root / "link").symlink_to(outside)
    async with services(root) as opened:
        stored = {"root": opened.roots[0].name, "recursive": True, "force": False, **params}
        job = await ended(opened, await opened.queue.submit("scan", stored))
        assert job.status is JobStatus.FAILED
        assert "is outside the configured roots" in (job.error or "")
        assert (await opened.videos.find(VideoQuery(status=frozenset(VideoStatus)))).total == 0
