"""Throttled updates are neither too frequent nor lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anyio
from structlog.testing import capture_logs

from stoat_ferret.jobs.live_view import Throttle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.unit.jobs.fake_clock import FakeClock


class _Recorder:
    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.fail = False

    async def __call__(self, items: Sequence[str]) -> None:
        if self.fail:
            raise OSError("no")
        self.calls.append(tuple(items))


async def test_at_once_and_then_once_an_interval_with_all_that_came(clock: FakeClock) -> None:
    done = _Recorder()
    throttle = Throttle(done, interval_seconds=1, clock=clock)
    running = asyncio.ensure_future(throttle.run())
    with anyio.fail_after(5):
        throttle.mark("a")
        await clock.until_set(1)
        assert done.calls == [("a",)]
        for item in "bcb":
            throttle.mark(item)
        clock.advance(0.9)
        await anyio.wait_all_tasks_blocked()
        assert done.calls == [("a",)]
        clock.advance(0.1)
        await clock.until_set(1)
        assert done.calls == [("a",), ("b", "c")]
    running.cancel()


async def test_what_failed_is_done_later(clock: FakeClock) -> None:
    done = _Recorder()
    done.fail = True
    throttle = Throttle(done, interval_seconds=1, clock=clock)
    throttle.mark("a")
    with capture_logs() as logs:
        await throttle.flush()
    assert [log["event"] for log in logs] == ["throttled_action_failed"]
    done.fail = False
    throttle.mark("b")
    await throttle.flush()
    await throttle.flush()
    assert done.calls == [("a", "b")]
