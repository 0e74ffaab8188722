"""The port for reading media files, with a fallback and with measured times."""

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
"""Raised when a prober learns something new, so that a scan reads every file once more."""


@dataclass(frozen=True, slots=True)
class ProbedFile:
    """What one look at a file gives."""

    media_info: MediaInfo
    fingerprint: str
    thumbnail: Thumbnail = NOT_ASKED_FOR


class Prober(Protocol):
    """Reads media files without ever holding the event loop.

    Every call has the deadline the prober was built with. When it passes, or when the calling
    task is cancelled, the process that reads the file is killed before the call returns. All
    failures of one file are `MediaError`s: `FileVanishedError`, `FileUnreadableError`,
    `InvalidMediaError`, `ProbeTimeoutError`, `ProbeCrashedError`. How many files are read at a
    time is bounded by the limit on media processes, whoever calls.
    """

    name: str

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """What is in the file at `path`; an audio file is no error, it has no `main_video`.

        One that was built to make thumbnails has made them then, and no failure of that is one
        of the probe.
        """
        ...

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """Size and content of both ends of the file, the same wherever the file lies."""
        ...


class FallbackProber:
    """Reads with `first`, and with `second` what crashes it or makes it raise the unforeseen.

    Where the second fails too, in whatever way, the error of the first is raised. No other error
    makes it ask again: a file that hangs one prober would only hang the other.
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
        except Exception as error:  # noqa: BLE001  that of the first is raised
            with suppress(StoatFerretError):  # only the second cannot be run
                file_error(path, f"The prober ({self._second.name})", error)
            raise failure from None

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await self._first.fingerprint(path)


class ObservedProber:
    """Reads with `prober` and calls `observe` with the seconds and the outcome of each probe.

    The outcome is `ok`, or the name of the error's class. A probe that is cancelled has
    none, and is not told of.
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
