"""What follows the settings while a server runs: roots, limits, watching, hours and schedule."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from stoat_ferret.cron import CronTimes
from stoat_ferret.quiet_hours import QuietHours, QuietHoursWatch
from stoat_ferret.render.run.job import RENDER
from stoat_ferret.scan.job import SCAN, scan_key, scan_params
from stoat_ferret.scan.scanner import ScanRequest
from stoat_ferret.scan.schedule import ScanSchedule

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
    from datetime import datetime

    import anyio

    from stoat_ferret.config import Settings
    from stoat_ferret.jobs.queue import JobQueue
    from stoat_ferret.library.repository import VideoRepository
    from stoat_ferret.library.root_list import RootList
    from stoat_ferret.library.video import Root
    from stoat_ferret.server_settings import ServerSettings
    from stoat_ferret.watch_folders.folder_watching import FolderWatching
    from stoat_ferret.watch_folders.watch_status import WatchOptions


@dataclass(slots=True, kw_only=True)
class RunningSettings:
    """Follows `settings` within `async with`; `roots` are those in use.

    `render_slots` bound the renders of all jobs, `watch_options` returns how folders are watched.
    """

    settings: ServerSettings
    queue: JobQueue
    videos: VideoRepository
    roots: RootList
    render_slots: anyio.CapacityLimiter
    watching: FolderWatching
    watch_options: Callable[[Settings], WatchOptions | None]
    last_scans: Callable[[], Awaitable[Mapping[int, datetime]]]
    _hours: asyncio.Task[None] | None = field(default=None, init=False)
    _schedule: asyncio.Task[None] | None = field(default=None, init=False)
    _in_use: dict[str, Any] = field(default_factory=dict, init=False)
    """The settings that are followed already, which are older ones if following has failed."""

    async def __aenter__(self) -> Self:
        current = self.settings.current
        self._in_use = {
            "scan_concurrency": current.scan_concurrency,
            "render_concurrency": current.render_concurrency,
            "quiet_hours": current.quiet_hours,
            "scan_schedule": current.scan_schedule,
            "roots": current.roots,
            "watching": (current.roots, current.watch),
        }
        self._hours = self._keep_quiet(current)
        self._schedule = self._scan_regularly(current, catches_up=True)
        self.settings.followers.append(self._follow)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.settings.followers.remove(self._follow)
        await _end(self._hours)
        await _end(self._schedule)

    async def _follow(self, after: Settings) -> None:
        """Do at once what the settings ask for that is not done yet."""
        with self._using("scan_concurrency", after.scan_concurrency) as is_new:
            if is_new:
                self.queue.set_limit(SCAN.name, after.scan_concurrency)
        with self._using("render_concurrency", after.render_concurrency) as is_new:
            if is_new:
                self.render_slots.total_tokens = after.render_concurrency
                self.queue.set_limit(RENDER.name, after.render_concurrency)
        with self._using("quiet_hours", after.quiet_hours) as is_new:
            if is_new:
                await _end(self._hours)
                self._hours = self._keep_quiet(after)
        with self._using("scan_schedule", after.scan_schedule) as is_new:
            if is_new:
                await _end(self._schedule)
                self._schedule = self._scan_regularly(after, catches_up=False)
        with self._using("roots", after.roots) as is_new:
            if is_new:
                paths = [str(path) for path in after.roots]
                self.roots.replace(await self.videos.ensure_roots(paths))
        with self._using("watching", (after.roots, after.watch)) as is_new:
            if is_new:
                await self.watching.change(self.roots.now, self.watch_options(after))

    @contextmanager
    def _using(self, name: str, value: object) -> Generator[bool]:
        """Yield whether `value` is not in use; it is at the end, unless that fails."""
        yield self._in_use[name] != value
        self._in_use[name] = value

    def _keep_quiet(self, settings: Settings) -> asyncio.Task[None] | None:
        if settings.quiet_hours is None:
            self.queue.hold_back(False)
            return None
        hours = QuietHours(settings.quiet_hours)
        self.queue.hold_back(hours.are_now)
        return _begin(QuietHoursWatch(hours, self.queue.hold_back).run())

    def _scan_regularly(self, settings: Settings, *, catches_up: bool) -> asyncio.Task[None] | None:
        if settings.scan_schedule is None:
            return None
        times = CronTimes(settings.scan_schedule)
        schedule = ScanSchedule(
            times, self.roots, self.last_scans, self._scan, catches_up=catches_up
        )
        return _begin(schedule.run())

    async def _scan(self, root: Root) -> None:
        request = ScanRequest(root=root, folder="", recursive=True, force=False)
        await self.queue.submit(SCAN.name, scan_params(request), key=scan_key(request))


def _begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work)


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
