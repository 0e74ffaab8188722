"""Files that hang or crash their prober: each costs itself and nothing else."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import anyio
import pytest
from tests.clips import make_clip
from tests.fake_programs import (
    Starts,
    dying_program,
    failing_program,
    is_running,
    rubbish_program,
    slow_program,
)
from tests.integration.media import faults

from stoat_ferret.config import load_settings
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import (
    FileUnreadableError,
    InvalidMediaError,
    MediaError,
    ProbeCrashedError,
    ProbeTimeoutError,
)
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.library.migrations import migrate
from stoat_ferret.media.prober import FallbackProber, LibavProber
from stoat_ferret.media.thumbnailer import NOTHING_TO_SEE
from stoat_ferret.media_tools import open_media
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fake_programs import FakeProgram

    from stoat_ferret.media.prober import Prober


async def test_a_stopped_libav_worker_is_killed_at_the_deadline(
    limiter: anyio.CapacityLimiter,
) -> None:
    # The pool relies on the idle worker, as if it had been stopped in the middle of a file.
    async with MediaWorkers(limiter, idle_seconds=60, trusted_seconds=60) as workers:
        prober = LibavProber(workers, timeout_seconds=1)
        await prober.fingerprint(make_clip("h264.mp4"))
        (stopped,) = workers.pids
        os.kill(stopped, signal.SIGSTOP)

        with pytest.raises(ProbeTimeoutError, match="within 1 s") as caught:
            await prober.probe(make_clip("h264.mp4"))
        assert not is_running(stopped)
        assert caught.value.fingerprint == await prober.fingerprint(make_clip("h264.mp4"))


async def test_a_killed_libav_worker_is_a_crash_of_its_file(
    limiter: anyio.CapacityLimiter,
) -> None:
    async with MediaWorkers(limiter, idle_seconds=60, trusted_seconds=60) as workers:
        prober = LibavProber(workers, timeout_seconds=60)
        await prober.fingerprint(make_clip("h264.mp4"))
        # Stopped first, so that it dies in the middle of the call.
        (pid,) = workers.pids
        os.kill(pid, signal.SIGSTOP)
        async with anyio.create_task_group() as calls:
            calls.start_soon(_probe_crashes, prober)
            await _until_busy(limiter)
            os.kill(pid, signal.SIGSEGV)
            os.kill(pid, signal.SIGCONT)
        assert (await prober.probe(make_clip("h264.mp4"))).media_info.main_video


@pytest.mark.parametrize(
    "read", [faults.probe_then_die, faults.probe_then_hang, faults.probe_then_fail]
)
async def test_what_was_learnt_before_the_thumbnail_went_wrong_is_kept(
    read: Callable[[bytes, str], object], workers: MediaWorkers, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "started")
    with Starts(tmp_path / "started"):
        prober = LibavProber(
            workers, timeout_seconds=2, thumbnails=str(tmp_path / "started"), read=read
        )
        probed = await prober.probe(make_clip("h264.mp4"))
    assert probed.media_info.main_video
    assert probed.fingerprint == await prober.fingerprint(make_clip("h264.mp4"))
    assert probed.thumbnail == NOTHING_TO_SEE


async def test_a_cancelled_thumbnail_kills_its_worker(
    workers: MediaWorkers, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "started")
    prober = LibavProber(
        workers,
        timeout_seconds=60,
        thumbnails=str(tmp_path / "started"),
        read=faults.probe_then_hang,
    )
    with Starts(tmp_path / "started") as started:
        async with anyio.create_task_group() as calls:
            calls.start_soon(prober.probe, make_clip("h264.mp4"))
            pid = await started.wait()
            calls.cancel_scope.cancel()
    assert not is_running(pid)


async def _probe_crashes(prober: Prober) -> None:
    with pytest.raises(ProbeCrashedError, match="died by SIGSEGV") as caught:
        await prober.probe(make_clip("h264.mp4"))
    assert caught.value.fingerprint


async def _until_busy(limiter: anyio.CapacityLimiter) -> None:
    with anyio.fail_after(20):
        while not limiter.borrowed_tokens:
            await anyio.lowlevel.checkpoint()


async def test_a_slow_ffprobe_is_killed_at_the_deadline_with_its_children(
    workers: MediaWorkers, limiter: anyio.CapacityLimiter, tmp_path: Path
) -> None:
    slow = slow_program(tmp_path)
    prober = FfprobeProber(workers, limiter, slow.path, timeout_seconds=1)
    with pytest.raises(ProbeTimeoutError, match="within 1 s") as caught:
        await prober.probe(make_clip("h264.mp4"))
    assert len(slow.pids) == 2
    assert slow.running == []
    assert caught.value.fingerprint == await prober.fingerprint(make_clip("h264.mp4"))


async def test_cancelling_a_slow_ffprobe_kills_it_with_its_children(
    workers: MediaWorkers, limiter: anyio.CapacityLimiter, tmp_path: Path
) -> None:
    slow = slow_program(tmp_path)
    prober = FfprobeProber(workers, limiter, slow.path, timeout_seconds=60)
    with slow.starts() as starts:
        async with anyio.create_task_group() as calls:
            calls.start_soon(prober.probe, make_clip("h264.mp4"))
            assert is_running(await starts.wait())
            calls.cancel_scope.cancel()
    assert slow.running == []
    assert limiter.borrowed_tokens == 0


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (rubbish_program, "printed what is not a description"),
        (failing_program, "ended with exit code 1: nothing works today"),
        (dying_program, "died by SIGSEGV: last words"),
    ],
)
async def test_a_broken_ffprobe_is_a_crash_of_its_file(
    make: type[FakeProgram],
    reason: str,
    workers: MediaWorkers,
    limiter: anyio.CapacityLimiter,
    tmp_path: Path,
) -> None:
    prober = FfprobeProber(workers, limiter, make(tmp_path).path, timeout_seconds=60)
    with pytest.raises(ProbeCrashedError, match=reason) as caught:
        await prober.probe(make_clip("h264.mp4"))
    assert caught.value.fingerprint


async def test_what_crashes_one_prober_is_read_by_the_other(
    workers: MediaWorkers,
    limiter: anyio.CapacityLimiter,
    probers: dict[str, Prober],
    tmp_path: Path,
) -> None:
    dying = FfprobeProber(workers, limiter, dying_program(tmp_path).path, timeout_seconds=60)
    clip = make_clip("h264.mp4")

    prober = FallbackProber(dying, probers["libav"])
    assert await prober.probe(clip) == await probers["libav"].probe(clip)
    assert await prober.fingerprint(clip) == await probers["libav"].fingerprint(clip)

    with pytest.raises(InvalidMediaError):
        await FallbackProber(probers["libav"], dying).probe(make_clip("text.mp4"))
    with pytest.raises(ProbeCrashedError, match="died by SIGSEGV"):
        await FallbackProber(dying, probers["libav"]).probe(make_clip("text.mp4"))


FORMAT = '"format": {"format_name": "mp4", "size": "100"%s}'
VIDEO = '{"index": 0, "codec_type": "video", "codec_name": "h264", "width": 64, "height": 48%s}'


def output(stream: str = "", container: str = "", chapters: str = "[]") -> str:
    return f'{{{FORMAT % container}, "streams": [{VIDEO % stream}], "chapters": {chapters}}}'


@pytest.mark.parametrize(
    "printed",
    [
        output(container=', "duration": "nan"'),
        output(container=', "duration": "1e999"'),
        output(container=', "duration": NaN'),
        output(container=', "bit_rate": "%s"' % ("9" * 400)),
        output(container=', "bit_rate": %s' % ("9" * 5000)),
        output(container=', "tags": []'),
        output(container=', "tags": {"title": 5}'),
        output(', "width": 1e400'),
        output(', "level": %s' % ("9" * 100)),
        output(', "nb_frames": "many"'),
        output(', "avg_frame_rate": "1/x"'),
        output(', "sample_aspect_ratio": 7'),
        output(', "side_data_list": [[]]'),
        output(', "disposition": 1'),
        output(chapters='[{"time_base": "1/0", "start": 1, "end": 2}]'),
        output(chapters='[{"time_base": "1/1", "start": %s, "end": 2}]' % ("9" * 500)),
        output(chapters="5"),
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"streams": ' + "[" * 990 + "]" * 990 + "}",
        '{"format": null, "streams": null}',
        '{"streams": [null]}',
        "5",
        "null",
    ],
    ids=lambda printed: printed[:60],
)
async def test_whatever_ffprobe_prints_is_an_error_of_the_file(
    printed: str, workers: MediaWorkers, limiter: anyio.CapacityLimiter, tmp_path: Path
) -> None:
    (tmp_path / "printed").write_text(printed)
    program = tmp_path / "ffprobe"
    program.write_text('#!/bin/sh\ncat "${0%/*}/printed"\n')
    program.chmod(0o755)
    prober = FfprobeProber(workers, limiter, program, timeout_seconds=60)
    with pytest.raises(ProbeCrashedError, match="not a description") as caught:
        await prober.probe(make_clip("short.mp4"))
    assert caught.value.fingerprint


@pytest.mark.parametrize(
    ("clip", "error", "reason"),
    [
        ("text.mp4", InvalidMediaError, "holds no video itself|damaged"),
        ("short.mp4", FileUnreadableError, "Input/output error"),
    ],
)
async def test_content_that_ffprobe_cannot_read_is_told_from_a_disk(
    clip: str,
    error: type[MediaError],
    reason: str,
    workers: MediaWorkers,
    limiter: anyio.CapacityLimiter,
    tmp_path: Path,
) -> None:
    program = tmp_path / "ffprobe"
    told = '{"error": {"code": -5, "string": "Input/output error"}}'
    program.write_text(f"#!/bin/sh\necho '{told}'\nexit 1\n")
    program.chmod(0o755)
    prober = FfprobeProber(workers, limiter, program, timeout_seconds=60)
    with pytest.raises(error, match=reason):
        await prober.probe(make_clip(clip))


async def test_what_crashes_the_chosen_ffprobe_is_read_by_libav(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "library.db"))
    await migrate(database)
    program = dying_program(tmp_path).path
    settings = load_settings(
        data_dir=tmp_path, roots=(tmp_path,), prober="ffprobe", ffprobe=program
    )
    async with open_media(settings, database) as media:
        probed = await media.scans.prober.probe(make_clip("short.mp4"))
        with pytest.raises(ProbeCrashedError, match="SIGSEGV"):
            await media.scans.prober.probe(make_clip("text.mp4"))
    await database.aclose()
    assert probed.media_info.main_video
