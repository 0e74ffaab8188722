"""Running real programs: their output, deadlines and children."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import anyio
import pytest
from tests.fake_programs import (
    dying_program,
    endless_program,
    failing_program,
    is_running,
    slow_program,
)

from stoat_ferret.errors import (
    ProcessCrashedError,
    ProcessNotStartedError,
    ProcessOutputError,
    ProcessTimeoutError,
)
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.processes.child_process import NICENESS

if TYPE_CHECKING:
    from pathlib import Path


# The priority is lowered just after the start.
SURROUNDINGS = """
import os, sys, time
end = time.monotonic() + 20
while os.getpriority(os.PRIO_PROCESS, 0) != int(sys.argv[1]) and time.monotonic() < end:
    os.sched_yield()
print(os.getpriority(os.PRIO_PROCESS, 0), os.getpgrp(), os.getpid(), os.getsid(0))
"""


async def test_a_program_runs_to_its_end() -> None:
    completed = await run_program(
        ["sh", "-c", "cat; echo out; echo err >&2; exit 3"], timeout_seconds=60
    )
    assert (completed.exit_code, completed.stdout, completed.stderr_tail) == (
        3,
        b"out\n",
        b"err\n",
    )
    assert completed.elapsed_seconds > 0


async def test_a_program_gives_way_to_this_one() -> None:
    """Niceness counts only within a session where Linux has autogroups."""
    low = max(os.getpriority(os.PRIO_PROCESS, 0), NICENESS)
    completed = await run_program(
        [sys.executable, "-c", SURROUNDINGS, str(low)], timeout_seconds=60
    )
    niceness, group, pid, session = (int(word) for word in completed.stdout.split())
    assert niceness == low
    assert group == pid
    assert session == os.getsid(0)


async def test_arguments_are_bytes_and_never_a_command_line() -> None:
    completed = await run_program(["printf", "%s", b"\xff; echo $HOME"], timeout_seconds=60)
    assert completed.stdout == b"\xff; echo $HOME"


async def test_a_program_that_is_not_there_is_not_started(tmp_path: Path) -> None:
    with pytest.raises(ProcessNotStartedError, match=r"nowhere could not be started: .*No such"):
        await run_program([tmp_path / "nowhere"], timeout_seconds=60)


async def test_a_slow_program_is_killed_with_its_children(tmp_path: Path) -> None:
    slow = slow_program(tmp_path)
    with pytest.raises(ProcessTimeoutError, match="slow did not end within 1 s"):
        await run_program([slow.path], timeout_seconds=1)
    assert len(slow.pids) == 2
    assert slow.running == []


async def test_a_child_that_outlives_its_program_is_killed(tmp_path: Path) -> None:
    script = 'sleep 60 & echo $! > "$0"'
    with pytest.raises(ProcessTimeoutError):
        await run_program(["sh", "-c", script, tmp_path / "pid"], timeout_seconds=1)
    assert not is_running(int((tmp_path / "pid").read_text()))


async def test_a_cancelled_program_is_killed_with_its_children(tmp_path: Path) -> None:
    slow = slow_program(tmp_path)

    async def run() -> None:
        await run_program([slow.path], timeout_seconds=60)

    with slow.starts() as starts:
        async with anyio.create_task_group() as programs:
            programs.start_soon(run)
            assert is_running(await starts.wait())
            programs.cancel_scope.cancel()
    assert slow.running == []


async def test_a_program_whose_task_is_cancelled_is_killed_with_its_children(
    tmp_path: Path,
) -> None:
    slow = slow_program(tmp_path)
    with slow.starts() as starts:
        run = asyncio.create_task(run_program([slow.path], timeout_seconds=60))
        await starts.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
    assert slow.running == []


async def test_a_program_that_dies_leaves_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ProcessCrashedError, match="dying died by SIGSEGV: last words"):
        await run_program([dying_program(tmp_path).path], timeout_seconds=60)


async def test_an_endless_program_is_killed(tmp_path: Path) -> None:
    endless = endless_program(tmp_path)
    with pytest.raises(ProcessOutputError, match="more than 1000000 bytes"):
        await run_program([endless.path], timeout_seconds=60, stdout_bytes=1_000_000)
    assert endless.running == []


async def test_only_the_end_of_a_long_complaint_is_kept() -> None:
    script = "yes complaint | head -n 100000 >&2; echo the end >&2"
    completed = await run_program(["sh", "-c", script], timeout_seconds=60)
    assert len(completed.stderr_tail) == 4096
    assert completed.stderr_tail.endswith(b"complaint\nthe end\n")


async def test_no_more_programs_than_the_limit(tmp_path: Path) -> None:
    limiter = anyio.CapacityLimiter(1)
    slow = slow_program(tmp_path)
    failing = failing_program(tmp_path)

    async def run_slow() -> None:
        await run_program([slow.path], timeout_seconds=60, limiter=limiter)

    async def run_failing() -> None:
        await run_program([failing.path], timeout_seconds=60, limiter=limiter)

    with slow.starts() as starts:
        async with anyio.create_task_group() as programs:
            programs.start_soon(run_slow)
            await starts.wait()
            programs.start_soon(run_failing)
            await anyio.wait_all_tasks_blocked()
            assert failing.pids == []
            programs.cancel_scope.cancel()
    assert limiter.borrowed_tokens == 0
