"""Watching of all roots of a server: what has changed in them becomes scan jobs."""

from __future__ import annotations

import asyncio
import importlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import anyio.to_thread
import structlog

from stoat_ferret.errors import JobNotFoundError, QueueClosedError, StoatFerretError
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.library.scanned_folders import scanned_parts
from stoat_ferret.scan.job import SCAN, scan_key, scan_params
from stoat_ferret.text import for_display
from stoat_ferret.watch_folders.coverage import Coverage
from stoat_ferret.watch_folders.scan_choice import choose_scan, joined
from stoat_ferret.watch_folders.watch_status import WatchState, WatchStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stoat_ferret.database import Database
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobQueue
    from stoat_ferret.library.video import Root
    from stoat_ferret.scan.scanner import ScanRequest
    from stoat_ferret.watch_folders.changes import SettledChanges
    from stoat_ferret.watch_folders.root_watcher import RootWatcher
    from stoat_ferret.watch_folders.watch_status import WatchOptions

_WATCHER = "stoat_ferret.watch_folders.root_watcher"
_RETRY_SECONDS = 5.0
_LOOK_SECONDS = 0.5
"""How often it is checked whether a scan has ended."""
_FAILURES = (JobStatus.FAILED, JobStatus.TIMED_OUT)
_MARGIN_SECONDS = 2.0
"""Clocks of file systems are coarse."""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RootWatch:
    """The watching of one root, and when it last had something scanned."""

    status: WatchStatus
    noticed_at: datetime | None = None


class FolderWatching:
    """Watches the parts of `roots` that were scanned, within `async with`.

    Without `options`, nothing is watched. Each root has one scan of changes at a time; what changes
    meanwhile is gathered for the next one.
    """

    def __init__(
        self,
        database: Database,
        queue: JobQueue,
        roots: Sequence[Root],
        options: WatchOptions | None,
    ) -> None:
        self._database = database
        self._queue = queue
        self._options = options
        self._roots = self._watched(roots)
        self._senders: dict[int, asyncio.Task[None]] = {}
        self._following: asyncio.Task[None] | None = None

    def _watched(self, roots: Sequence[Root]) -> dict[int, _WatchedRoot]:
        if self._options is None:
            return {}
        return {root.id: _WatchedRoot(self._database, self._queue, root) for root in roots}

    async def __aenter__(self) -> Self:
        self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop(self._roots)

    async def change(self, roots: Sequence[Root], options: WatchOptions | None) -> None:
        """Watch these roots from now on, with these options.

        With the same options, roots that are watched already go on being watched. Of others, what
        has changed meanwhile is found, and changes that wait to be scanned are found again.
        """
        before, same = self._roots, options == self._options
        self._options = options
        after = self._watched(roots)
        kept = {
            number: watched
            for number, watched in before.items()
            if same and number in after and after[number].root == watched.root
        }
        await self._stop([number for number in before if number not in kept])
        self._roots = {**after, **kept}
        self._start()

    def _start(self) -> None:
        for number, root in self._roots.items():
            if number not in self._senders:
                self._senders[number] = asyncio.create_task(root.submit_scans())
        if self._roots:
            self._following = asyncio.create_task(self._follow_scans())

    async def _stop(self, numbers: Iterable[int]) -> None:
        """Stop watching the roots with these numbers, and following scans of any."""
        tasks = [] if self._following is None else [self._following]
        self._following = None
        for number in numbers:
            self._roots[number].stop()
            if number in self._senders:
                tasks.append(self._senders.pop(number))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def watch_of(self, root: Root) -> RootWatch:
        """Return the state of the watching of `root`."""
        watched = self._roots.get(root.id)
        return RootWatch(WatchStatus(WatchState.OFF)) if watched is None else watched.watch

    async def check(self) -> str:
        """Describe the watching in a sentence, for the report of health. It never fails."""
        watches = {root.root.path: root.watch.status for root in self._roots.values()}
        if not watches:
            return "off (STOAT_WATCH)"
        counts = Counter(status.state for status in watches.values())
        counted = ", ".join(
            f"{counts[state]} {label}" for state, label in _LABELS.items() if counts[state]
        )
        details = [
            f"{for_display(path)}: {status.detail}"
            for path, status in watches.items()
            if status.detail
        ]
        return ". ".join([counted, *details])

    async def _follow_scans(self) -> None:
        """Watch what was scanned, from now on and after each scan."""
        while True:
            try:
                with self._queue.subscribe() as jobs:
                    await self._refresh(None)
                    async for job in jobs:
                        if _is_choice(job):
                            await self._refresh(job)
            except Exception:
                logger.exception("folder_watching_failed", retry_seconds=_RETRY_SECONDS)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _refresh(self, job: Job | None) -> None:
        assert self._options is not None  # noqa: S101  without options, nothing is watched
        scanned = await scanned_parts(self._database)
        if scanned:  # servers that have nothing to watch, and commands, start sooner without it
            await anyio.to_thread.run_sync(importlib.import_module, _WATCHER)
        for root in self._roots.values():
            coverage = Coverage.of(scanned.get(root.root.id, ()))
            root.cover(coverage, self._options, job)


_LABELS = {
    WatchState.EVENTS: "watched",
    WatchState.POLLING: "polled",
    WatchState.LIMITED: "polled because of a limit",
    WatchState.STARTING: "starting",
    WatchState.NOT_SCANNED: "never scanned",
    WatchState.UNAVAILABLE: "not available",
    WatchState.FAILED: "failed",
}


def _is_choice(job: Job) -> bool:
    """Return whether `job` is a completed scan of a folder that people have chosen."""
    is_scan = job.kind == SCAN.name and job.status is JobStatus.SUCCEEDED
    return is_scan and "folder" in job.params and "parts" not in job.params


class _WatchedRoot:
    """One root with its watcher, and the changes that wait to be scanned."""

    def __init__(self, database: Database, queue: JobQueue, root: Root) -> None:
        self.root = root
        self._database = database
        self._queue = queue
        self._coverage = Coverage(())
        self._watcher: RootWatcher | None = None
        self._waiting: SettledChanges | None = None
        self._has_waiting = asyncio.Event()
        self._failed: SettledChanges | None = None
        """Changes whose scan has failed; they are scanned with the next ones."""
        self._noticed_at: datetime | None = None

    @property
    def watch(self) -> RootWatch:
        if self._watcher is None:
            return RootWatch(WatchStatus(WatchState.NOT_SCANNED))
        return RootWatch(self._watcher.status, self._noticed_at)

    def cover(self, coverage: Coverage, options: WatchOptions, job: Job | None) -> None:
        """Watch `coverage`, which `job` has scanned last, unless it is watched already."""
        is_accepted = (
            job is not None
            and job.params["root"] == self.root.name
            and self.watch.status.state is WatchState.UNAVAILABLE
        )
        if coverage == self._coverage and not is_accepted:
            return
        self.stop()
        self._coverage = coverage
        if not coverage.parts:
            return
        since = None
        if job is not None and job.started_at is not None:
            since = job.started_at.timestamp() - _MARGIN_SECONDS
        from stoat_ferret.watch_folders.root_watcher import RootWatcher

        loop = asyncio.get_running_loop()

        def on_changes(changes: SettledChanges) -> None:
            with suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(self._receive, watcher, changes)

        watcher = RootWatcher(self.root.path, coverage, options, on_changes, changed_since=since)
        self._watcher = watcher
        watcher.start()

    def stop(self) -> None:
        """Stop watching."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None

    def _receive(self, watcher: RootWatcher, changes: SettledChanges) -> None:
        if watcher is self._watcher:
            self._put(changes)

    def _put(self, changes: SettledChanges) -> None:
        self._waiting = changes if self._waiting is None else joined(self._waiting, changes)
        self._has_waiting.set()

    async def submit_scans(self) -> None:
        """Have the changes scanned that are received, until this is cancelled."""
        is_first = True
        while True:
            await self._has_waiting.wait()
            changes, self._waiting = self._waiting, None
            self._has_waiting.clear()
            if changes is None:
                continue
            if self._failed is not None:
                changes = joined(self._failed, changes)
            try:
                await self._scan(changes, is_first=is_first)
                is_first = False
            except QueueClosedError:
                return
            except StoatFerretError as error:
                logger.warning(
                    "changes_not_scanned", root=for_display(self.root.path), error=str(error)
                )
                self._put_back(changes)
                await asyncio.sleep(_RETRY_SECONDS)
            except Exception:
                logger.exception("changes_not_scanned", root=for_display(self.root.path))
                self._put_back(changes)
                await asyncio.sleep(_RETRY_SECONDS)

    def _put_back(self, changes: SettledChanges) -> None:
        later, self._waiting = self._waiting, changes
        self._has_waiting.set()
        if later is not None:
            self._put(later)

    async def _scan(self, changes: SettledChanges, *, is_first: bool) -> None:
        request = await choose_scan(self._database, self.root, self._coverage, changes)
        if request is None:
            return
        if not changes.is_everything:
            self._noticed_at = datetime.now(UTC)
        while True:
            asked_at = datetime.now(UTC)
            job = await self._submit(request)
            # Another scan with the same key may have passed the changed folders already; one that
            # was queued again when the server started has not.
            is_covered = job.created_at >= asked_at or (is_first and request.parts == ())
            job = await self._end_of(job)
            if is_covered:
                break
        self._failed = changes if job.status in _FAILURES else None

    async def _submit(self, request: ScanRequest) -> Job:
        return await self._queue.submit(SCAN.name, scan_params(request), key=scan_key(request))

    async def _end_of(self, job: Job) -> Job:
        with suppress(JobNotFoundError):  # somebody has deleted its record
            while not job.status.is_final:
                await asyncio.sleep(_LOOK_SECONDS)
                job = await self._queue.get(job.id)
        return job
