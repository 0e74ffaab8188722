"""Video files, opened and read so that an unresponsive disk blocks nothing else."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from stoat_ferret.disk import DiskThreads
from stoat_ferret.errors import PathOutsideRootsError, RootUnavailableError
from stoat_ferret.library.files import VideoFile, open_in_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.library.video import Root

THREADS = 8
"""The threads for each root: the concurrent reads, and the most that a dead disk blocks."""
_OPEN_SECONDS = 10.0
_READ_SECONDS = 60.0
"""A sleeping disk takes ten seconds to wake up, one on the network may take longer."""


class OpenFile:
    """An open file; `close` does not block."""

    def __init__(self, path: str, file: VideoFile, threads: DiskThreads) -> None:
        self.path = path
        self.size_bytes = file.size_bytes
        self.mtime_ns = file.mtime_ns
        self.inode = file.inode
        self._file = file
        self._threads = threads
        self._reading: asyncio.Future[bytes] | None = None
        self._closed = False

    async def read(self, offset: int, size_bytes: int) -> bytes:
        """Return at most `size_bytes` from `offset` on. Raises `OSError` and `TimeoutError`."""
        self._reading = self._threads.ask(self._file.read, offset, size_bytes)
        async with asyncio.timeout(_READ_SECONDS):
            return await asyncio.shield(self._reading)

    def close(self) -> None:
        """Close the file, as soon as a read in progress has ended."""
        if self._closed:
            return
        self._closed = True
        if self._reading is None or self._reading.done():
            self._threads.tell(self._file.close)
        else:
            self._reading.add_done_callback(lambda _: self._threads.tell(self._file.close))


class VideoFiles:
    """The files of videos below the configured `roots`."""

    def __init__(self, roots: Sequence[Root], *, open_seconds: float = _OPEN_SECONDS) -> None:
        self._roots = roots
        self._open_seconds = open_seconds
        self._threads: dict[str, DiskThreads] = {}

    async def open(self, root: Root, path: str) -> OpenFile:
        """Open the file at `path` of `root` with `open_in_root`.

        Also raises `PathOutsideRootsError` for a root that is no longer configured, and
        `RootUnavailableError` for a disk that does not respond.
        """
        full_path = os.path.join(root.path, path)  # noqa: PTH118  text, not UTF-8
        known = [one.path for one in self._roots]
        if not any(os.path.commonpath((one, root.path)) == one for one in known):
            raise PathOutsideRootsError(full_path, known)
        threads = self._threads.setdefault(root.path, DiskThreads(THREADS))
        opening = threads.ask(open_in_root, root.path, path)
        try:
            async with asyncio.timeout(self._open_seconds):
                file = await asyncio.shield(opening)
        except TimeoutError as error:
            _close_late(opening, threads)
            reason = f"no answer within {self._open_seconds:g} s"
            raise RootUnavailableError(root.path, reason) from error
        except asyncio.CancelledError:
            _close_late(opening, threads)
            raise
        return OpenFile(full_path, file, threads)

    def close(self) -> None:
        """End the threads."""
        for threads in self._threads.values():
            threads.close()
        self._threads.clear()


def _close_late(opening: asyncio.Future[VideoFile], threads: DiskThreads) -> None:
    """Close the file once it is open, since the caller has given up."""

    def close(opened: asyncio.Future[VideoFile]) -> None:
        if not opened.cancelled() and opened.exception() is None:
            threads.tell(opened.result().close)

    opening.add_done_callback(close)
