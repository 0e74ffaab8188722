"""A run of FFmpeg that makes the segments of a video one after the other."""

from __future__ import annotations

import asyncio
import errno
from collections import deque
from typing import TYPE_CHECKING, Protocol

from stoat_ferret.errors import DiskFullError, MediaProcessError, ProcessCrashedError, reason_of
from stoat_ferret.ffmpeg.executor import launcher_command
from stoat_ferret.playing.fragments import Fragment, FragmentError, FragmentReader
from stoat_ferret.processes.child_process import ChildProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from stoat_ferret.playing.grid import Grid

AHEAD = 3
"""The segments that are made before they are asked for; then FFmpeg waits."""
_MOST_WAITING = 4 * 2**20
"""The bytes of output that wait to be stored before FFmpeg has to wait."""
_NICENESS = 10
"""Viewers wait for this, unlike for scans and renders."""
_NOTHING = b"\0\0\0\x10stypmsdh\0\0\0\0"
"""A segment of a time without pictures: a valid file without samples (ISO/IEC 14496-12)."""


class SegmentStore(Protocol):
    """A store for the parts of one stream."""

    async def save(self, name: str, data: bytes) -> None:
        """Store a part. Raises `OSError`."""


class Transcoder:
    """Makes segments from number `first` on, at most `AHEAD` more than were asked for.

    Use `start`, then `wait_for`, and `kill` in any case.
    """

    def __init__(self, grid: Grid, first: int, store: SegmentStore) -> None:
        self.first = first
        self.next = first
        """The number of the segment that is being made."""
        self.wanted = first
        """The last number that was asked for."""
        self._grid = grid
        self._store = store
        self._reader = FragmentReader()
        self._parts: list[bytes] = []
        self._output: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._news = asyncio.Event()
        self._progress = asyncio.Condition()
        self._child: ChildProcess | None = None
        self._storing: asyncio.Task[None] | None = None
        self._error: MediaProcessError | None = None
        self._has_header = False
        self._is_ending = False
        self.is_over = False
        """True after it has made the last segment, has failed, or was killed."""

    async def start(self, ffmpeg: Path, arguments: Sequence[str]) -> None:
        """Start FFmpeg. Raises `ProcessNotStartedError`."""
        command = ("-hide_banner", "-nostats", "-nostdin", "-v", "error", "-y")
        self._child = await ChildProcess.start(
            "ffmpeg",
            [*launcher_command(), ffmpeg, *command, *arguments],
            on_stdout=self._on_output,
            niceness=_NICENESS,
        )
        self._storing = asyncio.create_task(self._store_all(self._child))

    @property
    def pid(self) -> int:
        """The process id of FFmpeg; 0 before the start."""
        return self._child.pid if self._child else 0

    @property
    def is_ahead(self) -> bool:
        """True if FFmpeg waits, or has ended: nobody waits for it."""
        return self.is_over or self.next > self.wanted + AHEAD

    def will_make(self, number: int) -> bool:
        """Return whether a segment comes soon, so that nobody should start another run for it."""
        last = min(max(self.next, self.wanted) + AHEAD, len(self._grid.starts) - 1)
        return not self.is_over and self.next <= number <= last

    async def wait_for(self, number: int) -> None:
        """Wait until segment `number` was made, or the run is over; it raises its error."""
        self.wanted = max(self.wanted, number)
        self._go_on()
        await self._wait(lambda: self.next > number)

    async def wait_for_header(self) -> None:
        """Wait until the header was made, or the run is over; it raises its error."""
        await self._wait(lambda: self._has_header)

    async def _wait(self, is_there: Callable[[], bool]) -> None:
        async with self._progress:
            await self._progress.wait_for(lambda: is_there() or self.is_over)
        if self._error is not None and not is_there():
            raise self._error

    async def kill(self) -> None:
        """End FFmpeg; those who wait are told that the run is over."""
        if self._child:
            self._end_output(self._child)
            await self._child.kill()
        if self._storing:
            self._storing.cancel()
            await asyncio.wait([self._storing])
        await self._end()

    def _end_output(self, child: ChildProcess) -> None:
        """Read what is left without keeping it: the end of a process is noticed only then."""
        self._is_ending = True
        self._output.clear()
        child.resume_stdout()

    def _on_output(self, data: bytes) -> None:
        if self._is_ending:
            return
        self._output.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes > _MOST_WAITING and self._child:
            self._child.pause_stdout()
        self._news.set()

    def _go_on(self) -> None:
        if self._child and self._waiting_bytes <= _MOST_WAITING and not self.is_ahead:
            self._child.resume_stdout()
        self._news.set()

    async def _store_all(self, child: ChildProcess) -> None:
        ending = asyncio.create_task(child.ended.wait())
        ending.add_done_callback(lambda _: self._news.set())
        try:
            await self._store_output(child)
            self._check(child)
            while self.next < len(self._grid.starts):
                await self._finish_segment()
        except (OSError, TimeoutError, FragmentError, ProcessCrashedError) as error:
            self._error = _as_process_error(error)
        finally:
            ending.cancel()
            self._end_output(child)
            child.kill_now()
            await self._end()

    async def _store_output(self, child: ChildProcess) -> None:
        while self._output or not child.ended.is_set():
            if not self._output or (self.is_ahead and not child.ended.is_set()):
                self._news.clear()
                await self._news.wait()
                continue
            data = self._output.popleft()
            self._waiting_bytes -= len(data)
            for fragment in self._reader.feed(data):
                await self._add(fragment)
            if self._reader.header is not None and not self._has_header:
                await self._store.save("init", self._reader.header)
                self._has_header = True
                await self._notify()
            self._go_on()

    async def _add(self, fragment: Fragment) -> None:
        number = (
            self.next if fragment.start is None else self._grid.number_at(float(fragment.start))
        )
        if number < self.first:
            return  # copied from the key frame before the one that was wanted
        while self.next < number:
            await self._finish_segment()
        self._parts.append(fragment.data)

    async def _finish_segment(self) -> None:
        data, self._parts = b"".join(self._parts) or _NOTHING, []
        await self._store.save(str(self.next), data)
        self.next += 1
        await self._notify()

    def _check(self, child: ChildProcess) -> None:
        if child.exit_code != 0:
            raise ProcessCrashedError("ffmpeg", child.describe_end())

    async def _notify(self) -> None:
        async with self._progress:
            self._progress.notify_all()

    async def _end(self) -> None:
        self.is_over = True
        await self._notify()


def _as_process_error(error: Exception) -> MediaProcessError:
    match error:
        case MediaProcessError():
            return error
        case FragmentError():
            return ProcessCrashedError("ffmpeg", f"wrote something unusable: {error}")
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return DiskFullError("ffmpeg", "ran out of room for the converted video")
        case OSError():
            return ProcessCrashedError("ffmpeg", f"could not store video: {reason_of(error)}")
    return ProcessCrashedError("ffmpeg", "could not store video: the disk does not answer")
