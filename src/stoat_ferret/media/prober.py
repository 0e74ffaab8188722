"""The interface for reading media files; probers with libav, a fallback, and a measurement."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from stoat_ferret.errors import MediaError, ProbeCrashedError, ProbeTimeoutError, StoatFerretError
from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.libav_calls import fingerprint_file, probe_and_picture, probe_file
from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.media.thumbnailer import NOT_ASKED_FOR, NOTHING_TO_SEE, Thumbnail
from stoat_ferret.media.worker_call import converted_errors, open_on_file, run_on_file

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from stoat_ferret.processes.worker_pool import Call, MediaWorkers

PROBE_VERSION = 3
"""Increased when a prober provides new facts, so that a scan reads every file again."""
LAST_FINGERPRINT_SECONDS = 1.0
"""The time limit for the fingerprint of a file that hung or crashed its prober."""


@dataclass(frozen=True, slots=True)
class ProbedFile:
    """The result of probing a file."""

    media_info: MediaInfo
    fingerprint: str
    thumbnail: Thumbnail = NOT_ASKED_FOR


class Prober(Protocol):
    """A reader of media files that does not block the event loop.

    Every call has the deadline the prober was created with. When it passes, or when the calling
    task is cancelled, the process that reads the file is killed before the call returns. All
    failures of a file are `MediaError`s: `FileVanishedError`, `FileUnreadableError`,
    `InvalidMediaError`, `ProbeTimeoutError`, `ProbeCrashedError`. The limit on media processes
    bounds how many files are read at a time, across all callers.
    """

    name: str

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """Return the facts of the file at `path`; an audio file is valid, it has no `main_video`.

        A prober with thumbnails enabled has made them when this returns; their failure is no error
        of the probe.
        """
        ...

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """Return a hash of the size and both ends, which is the same wherever the file is."""
        ...


class LibavProber:
    """A prober with libav that runs each call in a worker process, killed at the deadline.

    With a folder for `thumbnails`, the same call makes them under a deadline of their own: their
    failure does not affect the facts read before. `read` is the function that does both.
    """

    name = "libav"

    def __init__(
        self,
        workers: MediaWorkers,
        *,
        timeout_seconds: float,
        thumbnails: str | None = None,
        read: Callable[[bytes, str], object] = probe_and_picture,
    ) -> None:
        self._workers = workers
        self._timeout_seconds = timeout_seconds
        self._thumbnails = thumbnails
        self._read = read

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        thumbnail = NOT_ASKED_FOR
        seconds = self._timeout_seconds
        try:
            if self._thumbnails is None:
                facts, fingerprint = await run_on_file(
                    self._workers, probe_file, path, timeout_seconds=seconds
                )
            else:
                async with open_on_file(self._workers, self._read, path, self._thumbnails) as call:
                    with converted_errors(path, seconds):
                        facts, fingerprint = await call.next(seconds)
                    thumbnail = await self._thumbnail(call, path)
        except (ProbeTimeoutError, ProbeCrashedError) as error:
            error.fingerprint = await self._fingerprint_of_bad_file(path)
            raise
        return ProbedFile(MediaInfo.model_validate(facts), fingerprint, thumbnail)

    async def _thumbnail(self, call: Call, path: str | os.PathLike[str]) -> Thumbnail:
        # Whatever the error, the facts of the file are known by now.
        try:
            with converted_errors(path, self._timeout_seconds):
                answer: Any = await call.next(self._timeout_seconds)
        except MediaError:
            return NOTHING_TO_SEE
        return Thumbnail(*answer)

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await run_on_file(
            self._workers, fingerprint_file, path, timeout_seconds=self._timeout_seconds
        )

    async def _fingerprint_of_bad_file(self, path: str | os.PathLike[str]) -> str | None:
        """Return the fingerprint of a bad file, so that it is recognized after a move."""
        seconds = min(LAST_FINGERPRINT_SECONDS, self._timeout_seconds)
        try:
            return await run_on_file(self._workers, fingerprint_file, path, timeout_seconds=seconds)
        except MediaError:
            return None


class FallbackProber:
    """A prober that uses `second` if `first` crashes or raises an unexpected error.

    If the second fails too, in any way, the error of the first is raised. Other errors do not cause
    a second attempt: a file that hangs one prober would only hang the other.
    """

    def __init__(self, first: Prober, second: Prober) -> None:
        self._first = first
        self._second = second
        self.name = first.name

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        try:
            return await self._first.probe(path)
        except Exception as error:
            failure = file_error(path, f"The prober ({self._first.name})", error)
            if not isinstance(failure, ProbeCrashedError):
                raise
        try:
            return await self._second.probe(path)
        except Exception as error:  # noqa: BLE001  the error of the first is raised
            with suppress(StoatFerretError):  # only the second cannot be run
                file_error(path, f"The prober ({self._second.name})", error)
            raise failure from None

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await self._first.fingerprint(path)


class ObservedProber:
    """A prober that calls `observe` with the seconds and the outcome of each probe of `prober`.

    The outcome is `ok`, or the name of the error's class. A cancelled probe is not observed.
    """

    def __init__(self, prober: Prober, observe: Callable[[float, str], None]) -> None:
        self._prober = prober
        self._observe = observe
        self.name = prober.name

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        start = time.perf_counter()
        try:
            probed = await self._prober.probe(path)
        except Exception as error:
            self._observe(time.perf_counter() - start, type(error).__name__)
            raise
        self._observe(time.perf_counter() - start, "ok")
        return probed

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await self._prober.fingerprint(path)
