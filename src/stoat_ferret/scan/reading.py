"""Concurrent reading of files for probes and thumbnails, saved in batches."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from stoat_ferret.database import finish
from stoat_ferret.errors import FileUnreadableError, FileVanishedError
from stoat_ferret.library.video import UNKNOWN_SIZE, FoundFile, ScannedFile, VideoStatus
from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.libav_calls import EACH_SECONDS
from stoat_ferret.media.media_file import RootedPath
from stoat_ferret.media.prober import PROBE_VERSION, ProbedFile, Prober

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from stoat_ferret.library.reconcile.inventory import Inventory
    from stoat_ferret.media.thumbnailer import Thumbnail, Thumbnailer
    from stoat_ferret.scan.result import ProgressMeter, ScanResult
    from stoat_ferret.scan.root_guard import RootGuard

_PAGE_SIZE = 500
_BATCH_SIZE = 100
_FLUSH_SECONDS = 0.5
_MOST_FILES = 32
"""The most files that a reader takes at a time: fewer where these take more than `EACH_SECONDS`."""
_FIRST_FILE_SECONDS = 0.5
_HEAD_START_SECONDS = 0.1
"""The time for which the first reader works alone, once it has read a file.

A few files are all read by then; to start another process for them takes longer than to read them.
"""

T = TypeVar("T")


class PageSource(Protocol):
    """Returns the next files after the path `after`, at most `limit`."""

    def __call__(self, *, after: str | None, limit: int) -> Awaitable[list[FoundFile]]: ...


class FileTask(Protocol[T]):
    """The work to do for each file."""

    def read(self, files: Sequence[FoundFile]) -> AsyncGenerator[T, None]:
        """Read some files and yield the result of each, in order.

        It may end before the last one, but not before the first.
        """
        ...

    async def save(self, batch: Sequence[T]) -> None:
        """Save the results of several files."""
        ...


@dataclass(slots=True, kw_only=True)
class BatchReader(Generic[T]):
    """Reads every file of `pages`, up to `concurrency` at the same time.

    Results are saved within half a second, and also if `run` is cancelled.
    """

    pages: PageSource
    work: FileTask[T]
    concurrency: int
    meter: ProgressMeter
    report: Callable[[str], None]
    should_stop: Callable[[], bool]
    first_after: str | None = None
    """The path after which the files begin."""
    _page: list[FoundFile] = field(default_factory=list)
    _returned: list[FoundFile] = field(default_factory=list)
    _after: str | None = field(init=False)
    _is_at_end: bool = False
    _reading: int = 0
    _has_read: asyncio.Event = field(default_factory=asyncio.Event)
    _paging: asyncio.Lock = field(default_factory=asyncio.Lock)
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)
    _unsaved: list[T] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._after = self.first_after

    async def run(self) -> None:
        """Read until all files are done or `should_stop` returns true."""
        try:
            async with asyncio.TaskGroup() as tasks:
                flusher = tasks.create_task(self._flush_regularly())
                first = tasks.create_task(self._work())
                await self._give_head_start(first)
                if not first.done():
                    others = [tasks.create_task(self._work()) for _ in range(1, self.concurrency)]
                    await asyncio.wait([first, *others])
                flusher.cancel()
        finally:
            await finish(self._flush())

    async def _give_head_start(self, first: asyncio.Task[None]) -> None:
        """Wait until the `first` reader has ended or has worked for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_FILE_SECONDS):
                await self._has_read.wait()
        await asyncio.wait([first], timeout=_HEAD_START_SECONDS)

    async def _work(self) -> None:
        loop, count = asyncio.get_running_loop(), 1
        while not self.should_stop() and (files := await self._next_files(count)):
            started = loop.time()
            number = await self._read(files)
            seconds = (loop.time() - started) / max(number, 1)
            count = max(1, min(2 * count, _MOST_FILES, int(EACH_SECONDS / max(seconds, 1e-6))))
        self._has_read.set()

    async def _read(self, files: Sequence[FoundFile]) -> int:
        """Read some of `files`, return the others to be read by anyone, and how many were read."""
        self.report(files[0].path)
        rest = deque(files)
        self._reading += 1
        try:
            async with aclosing(self.work.read(files)) as results:
                async for result in results:
                    file = rest.popleft()
                    self._unsaved.append(result)
                    self.meter.advance()
                    self.report(rest[0].path if rest else file.path)
                    if len(self._unsaved) >= _BATCH_SIZE:
                        await finish(self._flush())
                    if self.should_stop():
                        break
        finally:
            self._returned += rest
            self._reading -= 1
            self._has_read.set()
        return len(files) - len(rest)

    async def _next_files(self, count: int) -> list[FoundFile]:
        """Return at most `count` files, or none if all are read or being read to the end."""
        while True:
            if self._returned:
                files, self._returned = self._returned[:count], self._returned[count:]
                return files
            async with self._paging:
                if not self._page and not self._is_at_end:
                    self._page = await self.pages(after=self._after, limit=_PAGE_SIZE)
                    self._is_at_end = not self._page
                if self._page:
                    self._after = self._page[-1].path
                    files, self._page = self._page[:count], self._page[count:]
                    return files
            if not self._returned:
                if not self._reading:
                    return []
                # Another reader may return some of its files.
                self._has_read.clear()
                await self._has_read.wait()

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await finish(self._flush())

    async def _flush(self) -> None:
        async with self._saving:
            batch = self._unsaved[:]
            if batch:
                await self.work.save(batch)
                del self._unsaved[: len(batch)]


Made = tuple[str, int]
"""A fingerprint and the version that made its thumbnail."""


@dataclass(frozen=True, slots=True)
class ThumbnailTask:
    """Makes thumbnails and stores their versions; other fields of the records do not change."""

    root: str
    inventory: Inventory
    thumbnailer: Thumbnailer
    result: ScanResult

    async def read(self, files: Sequence[FoundFile]) -> AsyncGenerator[Made | None, None]:
        """Make the thumbnails of some files; yield None for a file that cannot be read."""
        for file in files:
            yield await self._make(file)

    async def _make(self, file: FoundFile) -> Made | None:
        path = RootedPath(os.path.join(self.root, file.path), self.root)
        try:
            made = await self.thumbnailer.make(path)
        except Exception as error:  # noqa: BLE001  `file_error` raises what is not of the file
            file_error(path, "The thumbnailer", error)
            return None
        fingerprint, thumbnail = made
        warn(self.result, thumbnail)
        return fingerprint, thumbnail.version

    async def save(self, batch: Sequence[Made | None]) -> None:
        """Store the versions; the next scan retries thumbnails that could not be kept."""
        versions = {made[0]: made[1] for made in batch if made and made[1]}
        await self.inventory.save_thumbnails(versions)


def warn(result: ScanResult, thumbnail: Thumbnail) -> None:
    """Report once in the result why thumbnails cannot be kept."""
    if thumbnail.problem:
        result.add_warning(
            "thumbnails",
            f"They cannot be kept ({thumbnail.problem}). Make room in the data folder and make it "
            "writable; the next scan tries again.",
        )


NO_VIDEO = "no video stream"


@dataclass(frozen=True, slots=True)
class ProbeTask:
    """Probes files and saves their media information."""

    root: str
    inventory: Inventory
    prober: Prober
    guard: RootGuard
    result: ScanResult

    async def read(self, files: Sequence[FoundFile]) -> AsyncGenerator[ScannedFile, None]:
        """Yield the record to save for each file, even if the file cannot be used."""
        usable = [self._path(file) for file in files if file.unusable is None]
        async with aclosing(self.prober.probe_each(usable)) as outcomes:
            for file in files:
                if file.size_bytes == UNKNOWN_SIZE:
                    await self.guard.check()
                    unread = _scanned(file, VideoStatus.BAD, file.unusable)
                    yield replace(unread, read_error=file.unusable)
                elif file.unusable is not None:
                    yield _scanned(file, VideoStatus.SKIPPED, file.unusable)
                else:
                    outcome = await anext(outcomes, None)
                    if outcome is None:
                        return
                    if isinstance(outcome, Exception):
                        yield await self._bad(file, outcome)
                    else:
                        yield self._good(file, outcome)

    def _path(self, file: FoundFile) -> RootedPath:
        return RootedPath(os.path.join(self.root, file.path), self.root)

    def _good(self, file: FoundFile, probed: ProbedFile) -> ScannedFile:
        warn(self.result, probed.thumbnail)
        if not probed.media.summary.has_video:
            return _scanned(file, VideoStatus.SKIPPED, NO_VIDEO, probed)
        return _scanned(file, VideoStatus.OK, None, probed)

    async def _bad(self, file: FoundFile, raised: Exception) -> ScannedFile:
        path = self._path(file)
        error = file_error(path, f"The prober ({self.prober.name})", raised)
        if isinstance(error, FileVanishedError | FileUnreadableError):
            await self.guard.check()
        reason = error.reason
        if await self.guard.ask(_has_changed, path, file):
            reason += " (it was being written; the next scan tries again)"
        return replace(
            _scanned(file, VideoStatus.BAD, reason),
            fingerprint=error.fingerprint,
            read_error=reason if error.is_of_disk else None,
        )

    async def save(self, batch: Sequence[ScannedFile]) -> None:
        """Save the results in the library and count them."""
        counts = await self.inventory.save(batch)
        self.result.added += counts.added
        self.result.updated += counts.updated
        refused = {scanned.file.path for scanned in counts.refused}
        taken = [scanned for scanned in batch if scanned.file.path not in refused]
        self._count_unusable([*taken, *counts.refused])

    def _count_unusable(self, batch: Sequence[ScannedFile]) -> None:
        for scanned in batch:
            if scanned.status is VideoStatus.SKIPPED:
                self.result.skipped += 1
            elif scanned.status is VideoStatus.BAD:
                self.result.failed += 1
                self.result.add_error(scanned.file.path, scanned.reason or "")


def _scanned(
    file: FoundFile, status: VideoStatus, reason: str | None, probed: ProbedFile | None = None
) -> ScannedFile:
    return ScannedFile(
        file=file,
        status=status,
        reason=reason,
        fingerprint=probed.fingerprint if probed else None,
        media=probed.media if probed else None,
        probe_version=PROBE_VERSION,
        thumbnail_version=probed.thumbnail.version if probed else 0,
    )


def _has_changed(path: RootedPath, file: FoundFile) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return False
    now = FoundFile.from_stat(file.path, status)
    return (now.size_bytes, now.mtime_ns) != (file.size_bytes, file.mtime_ns)
