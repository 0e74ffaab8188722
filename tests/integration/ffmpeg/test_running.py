"""Running a real ffmpeg, and programs that behave badly."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest
from tests.fake_programs import (
    FakeProgram,
    failing_program,
    is_running,
    program_that,
    slow_program,
)
from tests.renderers import renderers

from stoat_ferret.errors import (
    DiskFullError,
    ProcessCrashedError,
    ProcessNotStartedError,
    ProcessStalledError,
    ProcessTimeoutError,
)
from stoat_ferret.ffmpeg import executor
from stoat_ferret.ffmpeg.binaries import find_ffmpeg, find_ffprobe, packaged_ffmpeg
from stoat_ferret.ffmpeg.executor import run_ffmpeg, run_program
from stoat_ferret.pause_gate import PauseGate

if TYPE_CHECKING:
    from stoat_ferret.ffmpeg.executor import FfmpegProgress

FOUND = find_ffmpeg()
FFMPEGS = list(dict.fromkeys(path for path in (FOUND, packaged_ffmpeg()) if path))
BLOCK = r"printf 'frame=7\nout_time_us=1000\nprogress=continue\n'"


def pattern(seconds: int) -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=size=320x240:rate=25:duration={seconds}"]


FAST = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -f mp4".split()


@pytest.mark.parametrize("ffmpeg", FFMPEGS, ids=lambda path: path.parent.name)
async def test_a_run_tells_how_far_it_is_up_to_its_end(ffmpeg: Path, tmp_path: Path) -> None:
    told: list[FfmpegProgress] = []
    output = tmp_path / "out.tmp"
    outcome = await run_ffmpeg(
        ffmpeg, [*pattern(4), *FAST, output], on_progress=told.append, timeout_seconds=100
    )
    assert outcome.progress == told[-1]
    assert outcome.progress.frame == 100
    assert outcome.progress.out_seconds == pytest.approx(4, abs=0.1)
    assert outcome.progress.size_bytes == pytest.approx(output.stat().st_size, rel=0.2)
    assert outcome.progress.speed
    assert outcome.elapsed_seconds > 0


async def test_names_without_a_folder_are_those_in_the_given_one(tmp_path: Path) -> None:
    await run_ffmpeg(FOUND, [*pattern(1), *FAST, "out.tmp"], cwd=tmp_path, timeout_seconds=100)
    assert (tmp_path / "out.tmp").stat().st_size > 1000


async def test_what_is_in_its_way_is_overwritten_without_a_question(tmp_path: Path) -> None:
    output = tmp_path / "out.tmp"
    output.write_bytes(b"old")
    await run_ffmpeg(FOUND, [*pattern(1), *FAST, output], timeout_seconds=100)
    assert output.stat().st_size > 1000


@pytest.mark.parametrize("ffmpeg", FFMPEGS, ids=lambda path: path.parent.name)
async def test_a_cancelled_run_ends_within_a_second(ffmpeg: Path, tmp_path: Path) -> None:
    under_way = asyncio.Event()
    arguments = ["-re", *pattern(100), *FAST, str(tmp_path / "out.tmp")]
    run = asyncio.create_task(
        run_ffmpeg(ffmpeg, arguments, on_progress=lambda _: under_way.set(), timeout_seconds=100)
    )
    async with asyncio.timeout(30):
        await under_way.wait()
    before = time.monotonic()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert time.monotonic() - before < 1


async def test_one_that_is_asked_ends_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However busy the machine is: it has the lowest priority.
    monkeypatch.setattr(executor, "ASK_SECONDS", 30.0)
    polite = program_that(
        tmp_path, "polite", f'{BLOCK}\nwhile [ "$(head -c1)" != q ]; do :; done\necho > "$0.bye"'
    )
    await cancel_once_under_way(polite)
    assert (tmp_path / "polite.bye").exists()


async def test_one_that_does_not_listen_is_told_then_killed_with_its_children(
    tmp_path: Path,
) -> None:
    stubborn = program_that(
        tmp_path,
        "stubborn",
        f"trap 'echo > \"$0.told\"' TERM\nsh -c \"trap '' TERM; sleep 60\" &\n"
        f'echo $! >> "$0.pids"\n{BLOCK}\nwhile :; do wait; done',
    )
    before = time.monotonic()
    await cancel_once_under_way(stubborn)
    assert (tmp_path / "stubborn.told").exists()
    assert len(stubborn.pids) == 2
    assert stubborn.running == []
    assert time.monotonic() - before < 30


async def cancel_once_under_way(program: FakeProgram) -> None:
    under_way = asyncio.Event()
    run = asyncio.create_task(
        run_ffmpeg(program.path, [], on_progress=lambda _: under_way.set(), timeout_seconds=100)
    )
    async with asyncio.timeout(30):
        await under_way.wait()
    await anyio.wait_all_tasks_blocked()  # one that is cancelled while it starts is just killed
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_a_run_past_its_deadline_is_killed_with_its_children(tmp_path: Path) -> None:
    slow = slow_program(tmp_path)
    with pytest.raises(ProcessTimeoutError, match="ffmpeg did not end within 1 s"):
        await run_ffmpeg(slow.path, [], timeout_seconds=1)
    assert slow.running == []


async def test_a_run_that_says_the_same_again_and_again_is_killed(tmp_path: Path) -> None:
    stalled = program_that(
        tmp_path, "stalled", f"while :; do {BLOCK}; printf 'fps=%d\\n' $$; sleep 0.1; done"
    )
    with pytest.raises(ProcessStalledError, match=r"ffmpeg got no further for 0.5 s"):
        await run_ffmpeg(stalled.path, [], stall_seconds=0.5, timeout_seconds=100)
    assert stalled.running == []


async def test_a_run_that_only_writes_has_not_stalled(tmp_path: Path) -> None:
    output = tmp_path / "out.tmp"
    writing = program_that(
        tmp_path,
        "writing",
        f'{BLOCK}\nfor i in 1 2 3 4 5 6 7 8 9 10; do echo $i >> "{output}"; sleep 0.5; done',
    )
    # Much longer than between two lines, since other processes may take the processor meanwhile.
    outcome = await run_ffmpeg(
        writing.path, [], outputs=[output], stall_seconds=4, timeout_seconds=100
    )
    assert outcome.elapsed_seconds > 4


async def test_a_run_that_fails_leaves_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ProcessCrashedError, match=r"exit code \d+: .*No such file"):
        await run_ffmpeg(
            FOUND, ["-i", tmp_path / "none.mp4", "-f", "null", "-"], timeout_seconds=100
        )


async def test_a_program_that_is_not_there_is_not_started(tmp_path: Path) -> None:
    with pytest.raises(ProcessNotStartedError, match="ffmpeg could not be started"):
        await run_ffmpeg(tmp_path / "nowhere", [])


async def test_a_fault_of_who_listens_ends_the_run(tmp_path: Path) -> None:
    def fail(_: FfmpegProgress) -> None:
        raise ValueError("no ears")

    arguments = ["-re", *pattern(100), *FAST, str(tmp_path / "out.tmp")]
    with pytest.raises(ValueError, match="no ears"):
        await run_ffmpeg(FOUND, arguments, on_progress=fail, timeout_seconds=100)


@pytest.mark.parametrize("ffmpeg", FFMPEGS, ids=lambda path: path.parent.name)
async def test_a_file_that_may_not_grow_is_said_to_have_no_room(
    ffmpeg: Path, tmp_path: Path
) -> None:
    # Blocks of 512 bytes; the signal of the limit is ignored, so writing fails instead.
    limited = program_that(
        tmp_path, "limited", f"trap '' XFSZ\nulimit -f 40\nexec '{ffmpeg}' \"$@\""
    )
    arguments = [*pattern(4), *FAST, str(tmp_path / "out.tmp")]
    with pytest.raises(DiskFullError, match="ffmpeg ran out of room on the disk: "):
        await run_ffmpeg(limited.path, arguments, timeout_seconds=100)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("ffmpeg", FFMPEGS, ids=lambda path: path.parent.name)
async def test_a_full_disk_is_said_to_have_no_room(ffmpeg: Path) -> None:
    arguments = [*pattern(1), "-c:v", "mpeg2video", "-f", "mpegts", "/dev/full"]
    with pytest.raises(DiskFullError, match="No space left"):
        await run_ffmpeg(ffmpeg, arguments, timeout_seconds=100)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends it")
async def test_a_run_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path\n"
        "from stoat_ferret.ffmpeg.executor import run_ffmpeg\n"
        "asyncio.run(run_ffmpeg(Path(sys.argv[1]), []))\n"
    )
    sleeper = program_that(tmp_path, "sleeper", "exec sleep 60")
    with sleeper.starts() as starts:
        owner = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, str(sleeper.path)
        )
        pid = await starts.wait()
        assert is_running(pid)
        owner.kill()
        await owner.wait()
    with suppress(psutil.NoSuchProcess):
        await asyncio.to_thread(psutil.Process(pid).wait, 20)


async def test_what_failing_programs_say_is_kept(tmp_path: Path) -> None:
    failing = failing_program(tmp_path, "no such encoder")
    with pytest.raises(ProcessCrashedError, match="ended with exit code 1: no such encoder"):
        await run_ffmpeg(failing.path, [], timeout_seconds=100)


def wait_until_stopped(process: psutil.Process) -> None:
    while process.status() != psutil.STATUS_STOPPED:
        time.sleep(0.001)


async def test_a_suspended_run_has_not_stalled_and_goes_on_where_it_was(tmp_path: Path) -> None:
    now = [0.0]
    gate = PauseGate(lambda: now[0])
    under_way = asyncio.Event()
    output = tmp_path / "out.tmp"
    slowly = [*"-readrate 2".split(), *pattern(4)]
    run = asyncio.ensure_future(
        run_ffmpeg(
            FOUND,
            [*slowly, *FAST, output],
            on_progress=lambda _: under_way.set(),
            stall_seconds=20,
            gate=gate,
        )
    )
    await under_way.wait()
    gate.pause()
    [child] = renderers(os.getpid())
    await asyncio.to_thread(wait_until_stopped, child)
    now[0] += 1000
    gate.resume()
    outcome = await run
    assert outcome.progress.frame == 100


async def test_a_suspended_run_is_cancelled_promptly(tmp_path: Path) -> None:
    gate, under_way = PauseGate(), asyncio.Event()
    arguments = ["-readrate", "1", *pattern(100), *FAST, str(tmp_path / "out.tmp")]
    run = asyncio.ensure_future(
        run_ffmpeg(FOUND, arguments, on_progress=lambda _: under_way.set(), gate=gate)
    )
    await under_way.wait()
    gate.pause()
    [child] = renderers(os.getpid())
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert not child.is_running()
    # It was asked to end, and has finished its file.
    assert (
        await run_program([find_ffprobe(), tmp_path / "out.tmp"], timeout_seconds=60)
    ).exit_code == 0


async def test_a_pause_does_not_count_as_stalled(tmp_path: Path) -> None:
    now, looks = [0.0], asyncio.Semaphore(0)

    def clock() -> float:
        looks.release()
        return now[0]

    async def look_again() -> None:
        while not looks.locked():
            await looks.acquire()
        for _ in range(4):
            await looks.acquire()

    gate = PauseGate(clock)
    stalled = program_that(tmp_path, "stalled", f"while :; do {BLOCK}; sleep 0.1; done")
    run = asyncio.ensure_future(run_ffmpeg(stalled.path, [], stall_seconds=0.4, gate=gate))
    await look_again()
    gate.pause()
    now[0] += 1000
    gate.resume()
    await look_again()
    assert not run.done()
    now[0] += 1
    with pytest.raises(ProcessStalledError):
        await run
