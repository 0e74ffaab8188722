"""The interface for reading media files, a fallback prober, and a prober that measures times."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stoat_ferret.errors import ProbeCrashedError, StoatFerretError
from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.thumbnailer import NOT_ASKED_FOR, Thumbnail

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from stoat_ferret.media.media_info import MediaInfo

PROBE_VERSION = 3
"""Increased when a prober provides new facts, so that a scan reads every file again."""


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
