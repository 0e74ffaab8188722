"""Files that hang or crash their prober fail alone."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest
from tests.fake_programs import (
    FakeProgram,
    dying_program,
    is_running,
    rubbish_program,
    slow_program,
)

from stoat_ferret.ffmpeg.binaries import find_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.media.prober import LibavProber
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.scan.conftest import ScannedFolder

    from stoat_ferret.jobs.job import Progress


def by_ffprobe(scanned: ScannedFolder, program: Path, timeout_seconds: float = 30) -> ScannedFolder:
    limiter = anyio.CapacityLimiter(2)
    return scanned.using(
        FfprobeProber(scanned.workers, limiter, program, timeout_seconds=timeout_seconds)
    )


def picky(folder: Path, fake_program: FakeProgram) -> Path:
    """Return an ffprobe that hands files called `bad` to `fake_program`."""
    program = folder / "picky"
    program.write_text(
        "#!/bin/sh\n"
        f'case "$*" in */bad*) exec "{fake_program.path}" "$@" ;; esac\n'
        f'exec "{find_ffprobe()}" "$@"\n'
    )
    program.chmod(0o700)
    return program


@pytest.mark.parametrize("fake_program", [slow_program, dying_program, rubbish_program])
async def test_a_file_that_hangs_or_crashes_ffprobe_is_one_bad_file(
    scanned: ScannedFolder, tmp_path: Path, fake_program: Callable[[Path], FakeProgram]
) -> None:
    for name in ("a.mp4", "bad.mp4", "c.mp4"):
        scanned.put("h264.mp4", name)
    program = fake_program(tmp_path / "programs")
    result = await by_ffprobe(scanned, picky(tmp_path, program), timeout_seconds=3).scan()
    assert (result.added, result.failed) == (2, 1)
    assert [error["path"] for error in result.errors] == ["bad.mp4"]
    bad = (await scanned.known())["bad.mp4"]
    assert bad.status is VideoStatus.BAD
    assert bad.reason == result.errors[0]["reason"]
    assert bad.fingerprint is not None
    assert program.running == []


async def test_cancelling_kills_the_ffprobe_that_hangs(
    scanned: ScannedFolder, tmp_path: Path
) -> None:
    for number in range(4):
        scanned.put("h264.mp4", f"{number}.mp4")
    program = slow_program(tmp_path / "programs")
    task = asyncio.create_task(by_ffprobe(scanned, program.path).scan())
    with program.starts() as starts:
        await starts.wait()
        await starts.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert program.running == []
    assert await scanned.known() == {}


async def test_a_stopped_libav_worker_is_killed_at_the_deadline(scanned: ScannedFolder) -> None:
    """The first worker that reads a file is stopped, as by a disk that hangs."""
    for number in range(12):
        scanned.put("h264.mp4", f"{number:02}.mp4")
    stopped: list[int] = []

    def stop_one(progress: Progress) -> None:
        if progress.phase == "probing" and progress.done and not stopped:
            (pid, *_) = scanned.workers.pids
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)

    prober = LibavProber(scanned.workers, timeout_seconds=1)
    result = await scanned.using(prober).scan(on_progress=stop_one)
    assert stopped
    assert result.added + result.failed == 12
    assert result.failed <= 1
    assert not is_running(stopped[0])


async def test_killed_libav_workers_cost_their_files_only(scanned: ScannedFolder) -> None:
    for number in range(40):
        scanned.put("h264.mp4", f"{number:02}.mp4")
    killed: set[int] = set()

    def kill_every_tenth(progress: Progress) -> None:
        if progress.phase == "probing" and (progress.done or 0) % 10 == 5:
            for pid in set(scanned.workers.pids) - killed:
                if is_running(pid):
                    os.kill(pid, signal.SIGSEGV)
                    killed.add(pid)
                    return

    result = await scanned.scan(on_progress=kill_every_tenth)
    assert killed
    assert result.added + result.failed == 40
    assert result.failed <= len(killed)
    assert result.added >= 20
    statuses = [video.status for video in (await scanned.known()).values()]
    assert statuses.count(VideoStatus.BAD) == result.failed


async def test_no_process_is_left_after_a_scan(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    pids: set[int] = set()
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers:
        prober = LibavProber(workers, timeout_seconds=30)
        await scanned.using(prober).scan(on_progress=lambda _: pids.update(workers.pids))
        processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
        _, alive = await anyio.to_thread.run_sync(lambda: psutil.wait_procs(processes, timeout=20))
        assert (len(pids), alive) == (1, [])
