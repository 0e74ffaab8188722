"""File systems that do not answer."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from stoat_ferret.disk import DiskThreads, RealPaths, run_on_disk_thread

FOR_EVER = """
import asyncio, threading
from stoat_ferret.disk import run_on_disk_thread
try:
    asyncio.run(run_on_disk_thread(threading.Event().wait, timeout_seconds=0.05))
except TimeoutError:
    print("no answer")
"""


async def test_answers_and_errors_come_through() -> None:
    assert await run_on_disk_thread(max, 1, 2) == 2
    with pytest.raises(ZeroDivisionError):
        await run_on_disk_thread(lambda: 1 // 0)


async def test_the_event_loop_goes_on_meanwhile() -> None:
    gate = threading.Event()
    asked = asyncio.create_task(run_on_disk_thread(gate.wait, 60))
    await asyncio.sleep(0)
    gate.set()
    assert await asked is True


async def test_a_disk_that_does_not_answer_is_given_up() -> None:
    gate = threading.Event()
    try:
        with pytest.raises(TimeoutError):
            await run_on_disk_thread(gate.wait, 60, timeout_seconds=0.01)
    finally:
        gate.set()


def test_a_disk_that_never_answers_does_not_keep_the_program_from_ending() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FOR_EVER], capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (0, "no answer\n"), ended.stderr


async def test_the_threads_of_a_disk_answer_and_raise() -> None:
    threads = DiskThreads(2)
    assert await asyncio.gather(*(threads.ask(abs, -number) for number in range(50))) == [
        *range(50)
    ]
    with pytest.raises(ZeroDivisionError):
        await threads.ask(lambda: 1 // 0)
    threads.close()


async def test_a_dead_disk_holds_its_own_threads_and_no_more() -> None:
    gate, asked = threading.Event(), threading.active_count()
    threads = DiskThreads(3)
    stuck = [threads.ask(gate.wait, 60) for _ in range(20)]
    assert threading.active_count() - asked <= 3
    other = DiskThreads(1)
    assert await other.ask(abs, -1) == 1
    gate.set()
    assert await asyncio.gather(*stuck) == [True] * 20
    threads.close()
    other.close()


async def test_a_question_that_was_cancelled_before_its_turn_is_not_asked() -> None:
    gate, asked = threading.Event(), threading.Event()
    threads = DiskThreads(1)
    first, second = threads.ask(gate.wait, 60), threads.ask(asked.set)
    second.cancel()
    gate.set()
    await first
    assert await threads.ask(asked.is_set) is False
    threads.close()


async def test_a_folder_that_does_not_answer_is_asked_once_and_waited_for_once() -> None:
    gate, asked = threading.Event(), threading.active_count()

    def resolve(folder: str) -> str:
        if folder == "/dead":
            gate.wait(60)
        return f"/real{folder}"

    paths = RealPaths(resolve, answer_seconds=0.05)
    assert await paths.of("/dead") is None
    # From now on nobody waits: an hour would be noticed.
    paths._answer_seconds = 3600
    assert await asyncio.gather(*(paths.of("/dead") for _ in range(100))) == [None] * 100
    assert threading.active_count() - asked <= 1
    assert await paths.of("/alive") == "/real/alive"
    answered = paths._pending["/dead"]
    gate.set()
    await answered
    await asyncio.sleep(0)
    assert await paths.of("/dead") == "/real/dead"
