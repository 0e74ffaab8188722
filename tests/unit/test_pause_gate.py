"""The gate that holds paused work, and its time."""

from __future__ import annotations

import asyncio

import pytest

from stoat_ferret.pause_gate import PausableTimeout, PauseGate


def test_its_time_stands_still_while_it_is_paused() -> None:
    now = [10.0]
    gate = PauseGate(lambda: now[0])
    heard: list[bool] = []
    with gate.listened_by(heard.append):
        for seconds, change in (
            (1, gate.pause),
            (5, gate.pause),
            (5, gate.resume),
            (2, gate.resume),
        ):
            now[0] += seconds
            change()
    gate.pause()
    now[0] += 100
    assert gate.seconds() == 13
    assert heard == [False, True, False]


async def test_work_passes_while_it_is_open() -> None:
    gate = PauseGate()
    await gate.until_open()
    gate.pause()
    await gate.until_paused()
    passing = asyncio.ensure_future(gate.until_open())
    await asyncio.sleep(0)
    assert not passing.done()
    gate.resume()
    await passing


async def test_a_timeout_waits_while_its_gate_is_paused() -> None:
    now = [0.0]
    gate = PauseGate(lambda: now[0])
    timeout = PausableTimeout(50, gate)

    async def work() -> None:
        async with timeout:
            timeout.start()
            gate.pause()
            now[0] = 1000
            await asyncio.sleep(0)
            gate.resume()
            await asyncio.sleep(0)
            assert not timeout.is_over
            now[0] = 1050
            timeout.start()  # only the first start counts
            gate.pause()
            gate.resume()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await work()
    assert timeout.is_over
    gate.pause()  # nobody listens any more
