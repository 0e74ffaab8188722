"""Health of the parts this program needs, checked in the background and reported at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from stoat_ferret.errors import StoatFerretError
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.disk import RealPaths
    from stoat_ferret.library.video import Root

Check = Callable[[], Awaitable[str]]
"""Returns a sentence if a part works; raises if it does not."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of a check; `detail` is a sentence, with a remedy if something is wrong."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The latest result of each check, by name."""

    checks: Mapping[str, HealthCheck] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True if every part works."""
        return all(check.ok for check in self.checks.values())


class HealthMonitor:
    """Runs all checks immediately and then every `interval_seconds`, each with a deadline.

    While a check fails, all run every `retry_seconds`, so that a repair is noticed soon. Startup
    does not wait for checks; `report` waits for the first results.
    """

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        interval_seconds: float = 30.0,
        retry_seconds: float = 3.0,
        timeout_seconds: float = 5.0,
    ) -> None:
        self._checks = checks
        self._interval_seconds = interval_seconds
        self._retry_seconds = retry_seconds
        self._timeout_seconds = timeout_seconds
        self._report = HealthReport()
        self._known = asyncio.Event()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._refresh_for_ever(), name="health")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def report(self) -> HealthReport:
        """Return the latest results."""
        await self._known.wait()
        return self._report

    def check_soon(self) -> None:
        """Run all checks now, because something has failed, and not when it is their time."""
        if self._report.ok:  # else they run often already
            self._wanted.set()

    async def refresh(self) -> HealthReport:
        """Run all checks now, concurrently."""
        results = await asyncio.gather(*(self._run(check) for check in self._checks.values()))
        self._report = HealthReport(dict(zip(self._checks, results, strict=True)))
        self._known.set()
        return self._report

    async def _run(self, check: Check) -> HealthCheck:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return HealthCheck(True, await check())
        except TimeoutError:
            return HealthCheck(False, f"No answer within {self._timeout_seconds:g} s.")
        except StoatFerretError as error:
            return HealthCheck(False, str(error))
        except Exception as error:  # noqa: BLE001  whatever it is, the report is for it
            return HealthCheck(False, f"{type(error).__name__}: {error}")

    async def _refresh_for_ever(self) -> None:
        while True:
            self._wanted.clear()
            report = await self.refresh()
            seconds = self._interval_seconds if report.ok else self._retry_seconds
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), seconds)


class RootsCheck:
    """A check that names the roots whose disks do not respond.

    It never fails: the other roots are served, and requests for these roots report the error
    themselves.
    """

    def __init__(self, roots: Sequence[Root], real_paths: RealPaths) -> None:
        self._roots = roots
        self._real_paths = real_paths

    async def __call__(self) -> str:
        roots = tuple(self._roots)  # people may change them meanwhile
        real = await asyncio.gather(*(self._real_paths.of(root.path) for root in roots))
        silent = [root for root, path in zip(roots, real, strict=True) if path is None]
        if not silent:
            return f"{len(roots)} asked, all answer"
        names = ", ".join(for_display(root.path) for root in silent)
        return f"No answer from the disk of {names}. Everything else is served."
