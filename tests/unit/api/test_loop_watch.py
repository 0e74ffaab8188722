"""The watch notices a held event loop, with the stack that holds it, and nothing else."""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from typing import TYPE_CHECKING

import pytest
import structlog

from stoat_ferret.loop_watch import LoopAnswer, Moment, held_seconds, watch_loop

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.serial

WARNING_SECONDS = 0.08
HOLD_SECONDS = 5 * WARNING_SECONDS


class Answers(list[LoopAnswer]):
    """The answers of the loop; `wait` waits until they satisfy a condition."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def take(self, answer: LoopAnswer) -> None:
        """Store an answer; the thread of the watch calls this."""
        self.append(answer)
        self._loop.call_soon_threadsafe(self._news.set)

    async def wait(self, condition: Callable[[Answers], bool]) -> None:
        """Wait until `condition` holds."""
        async with asyncio.timeout(30):
            while not condition(self):
                self._news.clear()
                await self._news.wait()

    @property
    def holds(self) -> int:
        """The number of delayed answers."""
        return sum(answer.is_hold for answer in self)


def sleep_on_the_loop() -> None:
    time.sleep(HOLD_SECONDS)


def count_on_the_loop() -> None:
    """Compute in one C call, which lets no other thread run; count CPU time, not waiting."""
    end = time.thread_time() + HOLD_SECONDS
    while time.thread_time() < end:
        sum(range(20_000_000))


def select_on_the_loop() -> None:
    """Wait as `subprocess.run` does, with the selector that the loop itself uses."""
    with selectors.DefaultSelector() as selector:
        selector.select(HOLD_SECONDS)


async def hold(answers: Answers, function: Callable[[], None]) -> None:
    """Call a function on the watched loop, and wait until the watch has seen its end.

    A busy machine may hold the loop, too, but never as long.
    """
    seen = len(answers)
    await answers.wait(lambda answers: len(answers) > seen)
    asyncio.get_running_loop().call_soon(function)
    await answers.wait(
        lambda answers: any(one.held_seconds > HOLD_SECONDS / 2 for one in answers[seen:])
    )


async def test_a_hold_is_logged_once_with_the_stack_that_holds_the_loop() -> None:
    answers = Answers()
    with structlog.testing.capture_logs() as logs:
        async with watch_loop(answers.take, warning_seconds=WARNING_SECONDS):
            await hold(answers, sleep_on_the_loop)
    (warning,) = [entry for entry in logs if "in sleep_on_the_loop" in entry.get("stack", "")]
    assert (warning["event"], warning["log_level"]) == ("event_loop_held", "warning")
    assert "in sleep_on_the_loop\n    time.sleep(HOLD_SECONDS)" in warning["stack"]
    assert "_run_once" not in warning["stack"]
    assert warning["held_seconds"] >= WARNING_SECONDS
    released = [entry for entry in logs if entry["event"] == "event_loop_released"]
    assert any(entry["held_seconds"] > warning["held_seconds"] for entry in released)


async def test_what_waits_as_the_loop_itself_does_is_named() -> None:
    answers = Answers()
    with structlog.testing.capture_logs() as logs:
        async with watch_loop(answers.take, warning_seconds=WARNING_SECONDS):
            await hold(answers, select_on_the_loop)
    assert any("in select_on_the_loop" in entry.get("stack", "") for entry in logs)


async def test_work_that_lets_no_other_thread_run_is_noticed() -> None:
    answers = Answers()
    with structlog.testing.capture_logs() as logs:
        async with watch_loop(answers.take, warning_seconds=WARNING_SECONDS):
            await hold(answers, count_on_the_loop)
    assert "event_loop_held" in {e["event"] for e in logs if e["log_level"] == "warning"}


async def test_a_loop_that_idles_is_not_held() -> None:
    answers = Answers()
    with structlog.testing.capture_logs() as logs:
        async with watch_loop(answers.take, warning_seconds=1.0):
            await answers.wait(lambda answers: len(answers) > 3)
    assert not logs
    assert not answers.holds


async def test_one_hold_after_another_fills_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stoat_ferret.loop_watch._QUIET_SECONDS", 3600.0)
    answers = Answers()
    with structlog.testing.capture_logs() as logs:
        async with watch_loop(answers.take, warning_seconds=WARNING_SECONDS):
            for _ in range(4):
                await hold(answers, sleep_on_the_loop)
    # A busy machine may let the watch see the first one only after its end.
    assert [e["log_level"] for e in logs] in (["warning", "info"], ["warning"])


async def test_the_watch_ends_with_its_block() -> None:
    async with watch_loop(lambda _: None, warning_seconds=60):
        (thread,) = [t for t in threading.enumerate() if t.name == "loop watch"]
    assert not thread.is_alive()


def moment(
    clock: float = 0, running: float = 0, process_running: float = 0, queued: float = 0
) -> Moment:
    return Moment(clock, running, process_running, queued)


def test_a_thread_that_sleeps_holds_the_loop() -> None:
    assert held_seconds(moment(), moment(clock=3), 0.0) == 3


def test_a_thread_that_waits_for_a_processor_does_not() -> None:
    assert held_seconds(moment(), moment(clock=3, running=0.5, queued=2.5), 0.0) == 0.5


def test_a_process_that_was_stopped_did_not() -> None:
    assert held_seconds(moment(), moment(clock=3), 2.9) < 0.2


def test_work_of_the_loop_that_delays_the_watch_itself_does() -> None:
    assert held_seconds(moment(), moment(clock=3, running=3, process_running=3), 2.9) == 3


def test_work_of_another_thread_that_stops_all_others_does() -> None:
    assert held_seconds(moment(), moment(clock=3, process_running=3), 2.9) == 3
