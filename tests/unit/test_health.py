"""Health is checked in the background and answered at once."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from stoat_ferret.disk import RealPaths
from stoat_ferret.errors import BinaryNotFoundError
from stoat_ferret.health import HealthCheck, HealthMonitor, RootsCheck
from stoat_ferret.library.video import Root

if TYPE_CHECKING:
    from pathlib import Path


async def works() -> str:
    return "works"


async def fails() -> str:
    raise BinaryNotFoundError("ffprobe", "STOAT_FFPROBE")


async def breaks() -> str:
    raise ZeroDivisionError("by zero")


async def hangs() -> str:
    await asyncio.Event().wait()
    raise AssertionError


async def test_tells_what_works_and_what_does_not() -> None:
    checks = {"good": works, "missing": fails, "broken": breaks, "stuck": hangs}
    report = await HealthMonitor(checks, timeout_seconds=0.01).refresh()
    assert not report.ok
    assert report.checks["good"] == HealthCheck(True, "works")
    assert "STOAT_FFPROBE" in report.checks["missing"].detail
    assert report.checks["broken"].detail == "ZeroDivisionError: by zero"
    assert report.checks["stuck"].detail == "No answer within 0.01 s."


async def test_all_that_works_is_ok() -> None:
    assert (await HealthMonitor({"good": works}).refresh()).ok


async def test_asks_again_and_again() -> None:
    asked = 0
    thrice = asyncio.Event()

    async def count() -> str:
        nonlocal asked
        asked += 1
        if asked == 3:
            thrice.set()
        return str(asked)

    async with HealthMonitor({"count": count}, interval_seconds=0.001):
        await asyncio.wait_for(thrice.wait(), 30)


async def test_what_failed_is_soon_asked_again() -> None:
    asked = 0
    works_again = asyncio.Event()

    async def fails_once() -> str:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise BinaryNotFoundError("ffprobe", "STOAT_FFPROBE")
        works_again.set()
        return "works"

    checks = {"late": fails_once}
    async with HealthMonitor(checks, interval_seconds=3600, retry_seconds=0.001):
        await asyncio.wait_for(works_again.wait(), 30)


async def test_an_answer_waits_for_no_check() -> None:
    gate = asyncio.Event()
    gate.set()

    async def gated() -> str:
        await gate.wait()
        return "open"

    async with HealthMonitor({"gated": gated}) as monitor:
        assert (await monitor.report()).ok
        gate.clear()
        refresh = asyncio.create_task(monitor.refresh())
        await asyncio.sleep(0)
        assert (await monitor.report()).checks["gated"].detail == "open"
        gate.set()
        await refresh


async def test_roots_that_do_not_answer_are_named_and_nothing_is_unready(tmp_path: Path) -> None:
    gate = threading.Event()
    roots = [Root(1, "dead", "/dead"), Root(2, "alive", str(tmp_path))]

    def resolve(folder: str) -> str:
        return str(gate.wait(60)) if folder == "/dead" else folder

    check = RootsCheck(roots, RealPaths(resolve, answer_seconds=0.05))
    report = await HealthMonitor({"roots": check}).refresh()
    gate.set()
    assert report.ok
    assert "/dead" in report.checks["roots"].detail
    assert str(tmp_path) not in report.checks["roots"].detail
    assert await RootsCheck(roots[1:], RealPaths())() == "1 asked, all answer"
