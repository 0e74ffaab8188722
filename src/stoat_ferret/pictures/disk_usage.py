"""The disk usage of pictures, counted one folder at a time in the background."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.media.picture_files import PICTURE_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

FRESH_SECONDS = 0.25
"""The least seconds for which a total is valid."""
FRESH_FACTOR = 10.0
"""A total is valid for this many times what it cost: during a scan, every folder changes."""
_COST_OF_WAITING = 0.1
"""The cost of a second of counting beside that of the processor: the disk may be slow, or busy."""


@dataclass(frozen=True, slots=True)
class Use:
    """A number of files, and their total size."""

    files: int = 0
    size_bytes: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(self.files + other.files, self.size_bytes + other.size_bytes)


@dataclass(slots=True)
class _Folder:
    """The usage of a folder at its last change: pictures are added by rename, and never change."""

    changed_ns: int
    use: Use


@dataclass(slots=True)
class _Kind:
    use: Use = field(default_factory=Use)
    folders: dict[str, _Folder] = field(default_factory=dict)


class PictureUse:
    """The disk usage of pictures, counted on request; known totals are returned at once.

    A folder that has not changed is not read again. Between two folders there is a pause as long as
    the reading took, so that other work is not delayed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        fresh_seconds: float = FRESH_SECONDS,
        fresh_factor: float = FRESH_FACTOR,
    ) -> None:
        self._folder = folder
        self._seconds = fresh_seconds
        self._factor = fresh_factor
        self._kinds = {kind: _Kind() for kind in PICTURE_KINDS}
        self._is_complete = False
        self._fresh_until = 0.0
        self._cpu_seconds = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_complete(self) -> bool:
        """True if everything was counted once; until then `of` returns what was found so far."""
        return self._is_complete

    def of(self, kind: str) -> Use:
        """Return the usage of one kind of pictures: `thumbnails` or `storyboards`."""
        return self._kinds[kind].use

    async def refresh(self, *, wait_seconds: float) -> None:
        """Count unless that was just done; wait at most `wait_seconds` for the result."""
        if self._is_complete and time.monotonic() < self._fresh_until:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._count(), name="picture use")
        await asyncio.wait([self._task], timeout=wait_seconds)

    async def close(self) -> None:
        """Stop counting."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _count(self) -> None:
        started, self._cpu_seconds = time.monotonic(), 0.0
        with suppress(OSError, TimeoutError):  # counted again on the next request
            for name, kind in self._kinds.items():
                await self._count_kind(self._folder / name, kind)
            self._is_complete = True
            ended = time.monotonic()
            cost = self._cpu_seconds + _COST_OF_WAITING * (ended - started)
            self._fresh_until = ended + max(self._seconds, self._factor * cost)

    async def _count_kind(self, folder: Path, kind: _Kind) -> None:
        paths = await self._in_thread(_sub_folders, folder)
        for path in kind.folders.keys() - set(paths):
            del kind.folders[path]
        for path in paths:
            started = time.monotonic()
            counted = await self._in_thread(_count_folder, path, kind.folders.get(path))
            if counted is None:
                kind.folders.pop(path, None)
            else:
                kind.folders[path] = counted
            if not self.is_complete:
                kind.use = _sum(kind)
            await asyncio.sleep(time.monotonic() - started)
        kind.use = _sum(kind)

    async def _in_thread(self, function: Callable[..., T], *args: object) -> T:
        measured: tuple[T, float] = await run_on_disk_thread(_measured, function, *args)
        self._cpu_seconds += measured[1]
        return measured[0]


def _measured(function: Callable[..., T], *args: object) -> tuple[T, float]:
    started = time.thread_time()
    return function(*args), time.thread_time() - started


def _sum(kind: _Kind) -> Use:
    return sum((folder.use for folder in kind.folders.values()), Use())


def _sub_folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _count_folder(path: str, known: _Folder | None) -> _Folder | None:
    """Count a folder, unless it is unchanged; return None if it is gone."""
    try:
        changed_ns = os.stat(path).st_mtime_ns  # noqa: PTH116  a Path for each would cost more
        if known is not None and known.changed_ns == changed_ns:
            return known
        files = size_bytes = 0
        with os.scandir(path) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    size_bytes += entry.stat(follow_symlinks=False).st_size
                    files += 1
    except FileNotFoundError:
        return None
    return _Folder(changed_ns, Use(files, size_bytes))
