"""Worker processes: their work, deadlines and deaths."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import subprocess
import sys
import time
from math import sqrt
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import psutil
import pytest
from tests.fake_programs import Starts, is_running
from tests.integration.media import faults

from stoat_ferret.errors import (
    FileVanishedError,
    ProcessCrashedError,
    ProcessNotStartedError,
    ProcessTimeoutError,
)
from stoat_ferret.media.libav import fingerprint_file
from stoat_ferret.processes.child_process import NICENESS
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

GENEROUS_SECONDS = 60.0


@pytest.fixture
async def workers() -> AsyncIterator[MediaWorkers]:
    """Open a pool for one test, which counts and kills its processes."""
    async with MediaWorkers(anyio.CapacityLimiter(2)) as workers:
        yield workers
    assert workers.pids == []


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(GENEROUS_SECONDS):
        while not condition():  # noqa: ASYNC110  it is processes that begin and end
            await asyncio.sleep(0.01)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Starts]:
    """Report when a function of `faults` has begun."""
    os.mkfifo(tmp_path / "started")
    with Starts(tmp_path / "started") as starts:
        yield starts


async def test_a_function_runs_in_another_process(workers: MediaWorkers) -> None:
    pid = await workers.run(os.getpid, timeout_seconds=GENEROUS_SECONDS)
    assert pid != os.getpid()
    assert workers.pids == [pid]


async def test_one_process_serves_one_call_after_the_other(workers: MediaWorkers) -> None:
    pids = {await workers.run(os.getpid, timeout_seconds=GENEROUS_SECONDS) for _ in range(20)}
    assert len(pids) == 1


async def test_what_cannot_be_sent_takes_no_process(workers: MediaWorkers) -> None:
    with pytest.raises(AttributeError, match="pickle"):
        await workers.run(lambda: None, timeout_seconds=GENEROUS_SECONDS)
    assert workers.pids == []


async def test_no_more_processes_than_the_limit(
    workers: MediaWorkers, limiter: anyio.CapacityLimiter
) -> None:
    highest = 0

    async def call() -> None:
        nonlocal highest
        await workers.run(time.sleep, 0.01, timeout_seconds=GENEROUS_SECONDS)
        highest = max(highest, len(workers.pids))

    async with anyio.create_task_group() as calls:
        for _ in range(10):
            calls.start_soon(call)
    assert highest == limiter.total_tokens


async def test_a_task_that_holds_a_token_may_call(
    workers: MediaWorkers, limiter: anyio.CapacityLimiter
) -> None:
    async with limiter:
        assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0


async def test_errors_come_back_as_themselves(workers: MediaWorkers) -> None:
    with pytest.raises(ValueError, match="domain"):
        await workers.run(sqrt, -1.0, timeout_seconds=GENEROUS_SECONDS)
    with pytest.raises(FileVanishedError) as caught:
        await workers.run(fingerprint_file, b"/no/such", timeout_seconds=GENEROUS_SECONDS)
    assert caught.value.path == "/no/such"
    assert len(workers.pids) == 1


async def test_foreign_errors_come_back_in_words(workers: MediaWorkers) -> None:
    with pytest.raises(RuntimeError, match=r"ForeignError: from far away"):
        await workers.run(faults.raise_foreign, timeout_seconds=GENEROUS_SECONDS)


async def test_a_worker_makes_no_objects_here(workers: MediaWorkers) -> None:
    with pytest.raises(ProcessCrashedError, match="does not come from a worker"):
        await workers.run(faults.answer_with_object, timeout_seconds=GENEROUS_SECONDS)


async def test_what_a_library_prints_is_no_answer(
    workers: MediaWorkers, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await workers.run(faults.chatter, timeout_seconds=GENEROUS_SECONDS)
    assert answer == ("done", *workers.pids)
    assert capfd.readouterr() == ("", "")


async def test_a_worker_gives_way_and_holds_nothing_of_the_server(workers: MediaWorkers) -> None:
    if sys.platform != "linux":
        pytest.skip("looks into /proc")
    around = await workers.run(faults.surroundings, timeout_seconds=GENEROUS_SECONDS)
    assert around["niceness"] == max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0))
    assert around["group"] == around["pid"]
    assert around["session"] == os.getsid(0), "niceness would count only within its session"
    assert around["input"] == os.devnull
    descriptors = around["descriptors"]
    assert isinstance(descriptors, list)
    # The three standard ones, the channel, and the folder that is being listed.
    assert len(descriptors) == 5


@pytest.mark.parametrize("fault", [faults.sleep_long, faults.stop_oneself])
async def test_a_worker_that_hangs_is_killed_at_its_deadline(
    fault: Callable[[str], None], workers: MediaWorkers, started: Starts
) -> None:
    with pytest.raises(ProcessTimeoutError, match="within 1 s"):
        await workers.run(fault, str(started.pipe), timeout_seconds=1)
    assert not is_running(await started.wait())
    assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0


@pytest.mark.parametrize("fault", [faults.sleep_long, faults.stop_oneself])
async def test_a_cancelled_call_kills_its_worker(
    fault: Callable[[str], None], workers: MediaWorkers, started: Starts
) -> None:
    async with anyio.create_task_group() as calls:

        async def call() -> None:
            await workers.run(fault, str(started.pipe), timeout_seconds=GENEROUS_SECONDS)

        calls.start_soon(call)
        pid = await started.wait()
        assert is_running(pid)
        calls.cancel_scope.cancel()
    assert not is_running(pid)
    assert workers.pids == []


async def test_a_call_whose_task_is_cancelled_kills_its_worker(
    workers: MediaWorkers, started: Starts
) -> None:
    call = asyncio.create_task(
        workers.run(faults.sleep_long, str(started.pipe), timeout_seconds=GENEROUS_SECONDS)
    )
    pid = await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not is_running(pid)
    assert workers.pids == []


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
async def test_a_worker_that_dies_costs_one_call(
    number: signal.Signals, workers: MediaWorkers
) -> None:
    with pytest.raises(ProcessCrashedError, match=f"died by {number.name}: last words"):
        await workers.run(faults.die, number, "last words", timeout_seconds=GENEROUS_SECONDS)
    assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0


async def test_a_worker_that_exits_costs_one_call(workers: MediaWorkers) -> None:
    with pytest.raises(ProcessCrashedError, match="ended with exit code 3"):
        await workers.run(os._exit, 3, timeout_seconds=GENEROUS_SECONDS)
    assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0


@pytest.mark.parametrize("streams", [False, True])
async def test_a_call_answers_in_steps(workers: MediaWorkers, *, streams: bool) -> None:
    async with workers.open(faults.count, 3, streams=streams) as call:
        steps = [await call.next(GENEROUS_SECONDS) for _ in range(4)]
    assert steps == [0, 1, 2, *workers.pids]
    assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0


async def test_a_stream_waits_for_who_takes_its_answers(
    workers: MediaWorkers, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    async with workers.open(faults.fill, str(made), 400, streams=True) as call:
        assert len(await call.next(GENEROUS_SECONDS)) == 2**16
        number, before = made.stat().st_size, 0
        while number > before:
            await asyncio.sleep(0.5)
            number, before = made.stat().st_size, number
        assert 1 < number < 100
        for _ in range(399):
            assert len(await call.next(GENEROUS_SECONDS)) == 2**16
        assert [await call.next(GENEROUS_SECONDS)] == workers.pids
    assert made.stat().st_size == 400


@pytest.mark.parametrize("streams", [False, True])
async def test_what_a_call_gave_before_its_worker_died_is_kept(
    workers: MediaWorkers, *, streams: bool
) -> None:
    async with workers.open(faults.die_after_a_step, signal.SIGSEGV, streams=streams) as call:
        assert await call.next(GENEROUS_SECONDS) == "first"
        with pytest.raises(ProcessCrashedError, match="SIGSEGV"):
            await call.next(GENEROUS_SECONDS)
    assert workers.pids == []


@pytest.mark.parametrize("streams", [False, True])
async def test_a_call_that_is_left_before_its_end_costs_its_worker(
    workers: MediaWorkers, *, streams: bool
) -> None:
    async with workers.open(faults.count, 3, streams=streams) as call:
        await call.next(GENEROUS_SECONDS)
    assert workers.pids == []


async def test_a_worker_that_says_more_than_was_asked_for_is_not_asked_again(
    workers: MediaWorkers,
) -> None:
    answer = await workers.run(faults.speak_twice, timeout_seconds=GENEROUS_SECONDS)
    assert answer == "first"
    assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0


async def test_a_call_in_steps_lets_others_in_between() -> None:
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers:
        async with workers.open(faults.count, 1000) as call, asyncio.timeout(GENEROUS_SECONDS):
            await call.next(GENEROUS_SECONDS)
            other = asyncio.create_task(workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS))
            while not other.done():
                await call.give_way()
                await call.next(GENEROUS_SECONDS)
                await asyncio.sleep(0)
        assert other.result() == 2.0


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
async def test_a_worker_lost_while_idle_costs_nothing(
    number: signal.Signals, limiter: anyio.CapacityLimiter
) -> None:
    async with MediaWorkers(limiter, trusted_seconds=0) as workers:
        lost = await workers.run(os.getpid, timeout_seconds=GENEROUS_SECONDS)
        os.kill(lost, number)
        pid = await workers.run(os.getpid, timeout_seconds=GENEROUS_SECONDS)
        assert pid != lost
        assert not is_running(lost)


async def test_idle_workers_are_ended(limiter: anyio.CapacityLimiter) -> None:
    async with MediaWorkers(limiter, idle_seconds=0.05) as workers:
        pid = await workers.run(os.getpid, timeout_seconds=GENEROUS_SECONDS)
        process = psutil.Process(pid) if is_running(pid) else None
        if process:
            await anyio.to_thread.run_sync(process.wait, 20)
        assert not is_running(pid)
        assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0


async def test_a_process_is_kept_ready_for_a_block(limiter: anyio.CapacityLimiter) -> None:
    async with MediaWorkers(limiter, idle_seconds=0.05) as workers:
        async with workers.kept_ready(os.getpid):
            await until(lambda: bool(workers.pids))
            (pid,) = workers.pids
            for _ in range(2):  # it outlives its time also after a call
                await asyncio.sleep(0.2)
                assert await workers.run(os.getpid, timeout_seconds=GENEROUS_SECONDS) == pid
            await asyncio.sleep(0.2)
        await until(lambda: not is_running(pid))


async def test_a_call_takes_the_process_that_is_just_made_ready() -> None:
    async with MediaWorkers(anyio.CapacityLimiter(2)) as workers, workers.kept_ready(os.getpid):
        await asyncio.sleep(0)
        pid = await workers.run(os.getpid, timeout_seconds=GENEROUS_SECONDS)
        await asyncio.sleep(0.3)  # in which another would have been started
        assert workers.pids == [pid]


async def test_a_start_that_never_began_holds_up_nobody() -> None:
    async with MediaWorkers(anyio.CapacityLimiter(2)) as workers:
        async with workers.kept_ready(os.getpid):
            pass
        with anyio.fail_after(GENEROUS_SECONDS):
            pid = await workers.run(os.getpid, timeout_seconds=GENEROUS_SECONDS)
        assert workers.pids == [pid]


async def test_what_is_kept_ready_is_one_of_those_that_there_may_be(started: Starts) -> None:
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers, asyncio.TaskGroup() as calls:
        path = str(started.pipe)
        calling = workers.run(faults.sleep_long, path, timeout_seconds=GENEROUS_SECONDS)
        call = calls.create_task(calling)
        pid = await started.wait()
        async with workers.kept_ready(os.getpid):
            await asyncio.sleep(0.2)
            assert workers.pids == [pid]
        call.cancel()


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3])
async def test_a_block_that_is_cancelled_leaves_no_process(
    seconds: float, limiter: anyio.CapacityLimiter
) -> None:
    async with MediaWorkers(limiter, idle_seconds=0.05) as workers:
        with anyio.move_on_after(seconds):
            async with workers.kept_ready(os.getpid):
                await asyncio.sleep(GENEROUS_SECONDS)
        await until(lambda: not workers.pids)


async def test_a_process_that_cannot_be_made_ready_is_the_fault_of_the_call(
    workers: MediaWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    async with workers.kept_ready(sqrt):
        with pytest.raises(ProcessNotStartedError, match=r"could not be started: .*No such file"):
            await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS)


async def test_closing_kills_what_runs(limiter: anyio.CapacityLimiter, started: Starts) -> None:
    workers = MediaWorkers(limiter)
    async with anyio.create_task_group() as calls:

        async def call() -> None:
            with pytest.raises(ProcessCrashedError):
                await workers.run(
                    faults.sleep_long, str(started.pipe), timeout_seconds=GENEROUS_SECONDS
                )

        calls.start_soon(call)
        pid = await started.wait()
        await workers.aclose()
        assert not is_running(pid)
    with pytest.raises(ProcessNotStartedError, match="shuts down"):
        await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS)


async def test_no_process_can_be_started(
    workers: MediaWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(ProcessNotStartedError, match=r"could not be started: .*No such file"):
        await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS)


async def test_a_worker_that_fails_to_start_says_why(
    workers: MediaWorkers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho 'no more room' >&2\nexit 7\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(ProcessNotStartedError, match="exit code 7: no more room"):
        await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS)


async def test_a_worker_that_hangs_at_its_start_is_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "python"
    program.write_text(
        f'#!/bin/sh\nif mkdir "$0.once"; then sleep 60; fi\nexec "{sys.executable}" "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    async with MediaWorkers(anyio.CapacityLimiter(1), start_seconds=3) as workers:
        assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0
    assert (tmp_path / "python.once").is_dir()


async def test_a_worker_that_is_killed_while_it_starts_is_started_again(
    workers: MediaWorkers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "python"
    kill = "".join(f'mkdir "$0.{number}" 2>/dev/null && kill -9 $$\n' for number in range(4))
    program.write_text(f'#!/bin/sh\n{kill}exec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert await workers.run(sqrt, 4.0, timeout_seconds=GENEROUS_SECONDS) == 2.0
    assert (tmp_path / "python.3").is_dir()


PARENT = """
import anyio, sys
from stoat_ferret.processes.worker_pool import MediaWorkers
from tests.integration.media.faults import sleep_long

async def main() -> None:
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers:
        await workers.run(sleep_long, sys.argv[1], timeout_seconds=60)

anyio.run(main)
"""


async def test_no_worker_outlives_a_killed_server(started: Starts) -> None:
    if sys.platform != "linux":
        pytest.skip("elsewhere a worker ends after its call")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    argv = [sys.executable, "-c", PARENT, str(started.pipe)]
    with subprocess.Popen(argv, env=environment) as parent:  # noqa: ASYNC220  a short start
        pid = await started.wait()
        worker = psutil.Process(pid)
        parent.kill()
    await anyio.to_thread.run_sync(lambda: psutil.wait_procs([worker], timeout=20))
    assert not is_running(pid)


async def test_what_a_module_names_is_loaded_before_the_first_call(
    workers: MediaWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stoat_test_heavy.py").write_text("")
    (tmp_path / "stoat_test_names.py").write_text(
        "import sys\n"
        "LOAD_EARLY = ('stoat_test_heavy',)\n"
        "def is_loaded(): return 'stoat_test_heavy' in sys.modules\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    names = importlib.import_module("stoat_test_names")
    assert await workers.run(names.is_loaded, timeout_seconds=GENEROUS_SECONDS)
    assert "stoat_test_heavy" not in sys.modules
