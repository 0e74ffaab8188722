"""The interface for reading media files; probers with libav, a fallback, and a measurement."""

from __future__ import annotations

import time
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from stoat_ferret.errors import MediaError, ProbeCrashedError, ProbeTimeoutError, StoatFerretError
from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.libav_calls import (
    fingerprint_file,
    probe_and_picture,
    probe_file,
    read_each,
)
from stoat_ferret.media.media_record import MediaRecord
from stoat_ferret.media.thumbnailer import NOT_ASKED_FOR, NOTHING_TO_SEE, Thumbnail
from stoat_ferret.media.worker_call import absolute, converted_errors, run_on_file

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.processes.worker_pool import Call, MediaWorkers

PROBE_VERSION = 3
"""Increased when a prober provides new facts, so that a scan reads every file again."""
LAST_FINGERPRINT_SECONDS = 1.0
"""The time limit for the fingerprint of a file that hung or crashed its prober."""


@dataclass(frozen=True, slots=True)
class ProbedFile:
    """The result of probing a file."""

    media: MediaRecord
    fingerprint: str
    thumbnail: Thumbnail = NOT_ASKED_FOR

    @property
    def media_info(self) -> MediaInfo:
        """All facts of the file."""
        return self.media.media_info


class Prober(Protocol):
    """A reader of media files that does not block the event loop.

    Every call has the deadline the prober was created with, for each file. When it passes, or when
    the calling task is cancelled, the process that reads the file is killed before the call
    returns. All failures of a file are `MediaError`s: `FileVanishedError`, `FileUnreadableError`,
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

    def probe_each(self, paths: Sequence[str | os.PathLike[str]]) -> Outcomes:
        """Yield the facts of each of `paths` in order, or the error that `probe` would raise.

        May end before the last path, but not before the first, if the files take long or one is
        bad, so that others get their turn. Close it: leaving it before its end kills the process
        that reads. Raises what is no error of a file.
        """
        ...

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """Return a hash of the size and both ends, which is the same wherever the file is."""
        ...


Outcome: TypeAlias = ProbedFile | Exception
Outcomes: TypeAlias = "AsyncGenerator[Outcome, None]"


async def one_by_one(
    probe: Callable[[str | os.PathLike[str]], Awaitable[ProbedFile]],
    paths: Sequence[str | os.PathLike[str]],
) -> Outcomes:
    """Yield the outcome of `probe` for each of `paths`, for `Prober.probe_each`."""
    for path in paths:
        try:
            outcome: Outcome = await probe(path)
        except Exception as error:  # noqa: BLE001  it is the outcome
            outcome = error
        yield outcome


async def _only(outcomes: Outcomes) -> ProbedFile:
    """Return the only one of `outcomes`, or raise it."""
    [outcome] = [one async for one in outcomes]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


class LibavProber:
    """A prober with libav that runs in worker processes, killed at the deadline.

    Many files are read by one call of a worker, which goes on with the next file while the last one
    is dealt with here. With a folder for `thumbnails`, the same call makes them under a deadline of
    their own: their failure does not affect the facts read before. `read` is the function that does
    both.
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
        self._call = (probe_file,) if thumbnails is None else (read, thumbnails)

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        return await _only(self.probe_each([path]))

    async def probe_each(self, paths: Sequence[str | os.PathLike[str]]) -> Outcomes:
        """See `Prober.probe_each`."""
        if not paths:
            return
        read, *arguments = self._call
        names = [absolute(path) for path in paths]
        async with self._workers.open(read_each, read, names, *arguments, streams=True) as call:
            for path in paths:
                outcome = await self._outcome(call, path)
                # Not in here if it is the last one, or an error that others may look into: they
                # may need the process.
                if call.is_over or not isinstance(outcome, ProbedFile | MediaError):
                    break
                yield outcome
        if isinstance(outcome, ProbeTimeoutError | ProbeCrashedError):
            outcome.fingerprint = await self._fingerprint_of_bad_file(path)
        yield outcome

    async def _outcome(self, call: Call, path: str | os.PathLike[str]) -> Outcome:
        try:
            with converted_errors(path, self._timeout_seconds):
                answer: Any = await call.next(self._timeout_seconds)
            if isinstance(answer, MediaError):
                return answer
            media, fingerprint = answer
            has_pictures = self._thumbnails is not None
            thumbnail = await self._thumbnail(call, path) if has_pictures else NOT_ASKED_FOR
            return ProbedFile(MediaRecord.restore(media), fingerprint, thumbnail)
        except Exception as error:  # noqa: BLE001  it is the outcome
            return error

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
        return await _only(self.probe_each([path]))

    async def probe_each(self, paths: Sequence[str | os.PathLike[str]]) -> Outcomes:
        """See `Prober.probe_each`."""
        rest = iter(paths)
        async with aclosing(self._first.probe_each(paths)) as outcomes:
            async for outcome in outcomes:
                path = next(rest)
                if isinstance(outcome, Exception):
                    yield await self._second_outcome(path, outcome)
                else:
                    yield outcome

    async def _second_outcome(self, path: str | os.PathLike[str], error: Exception) -> Outcome:
        failure = file_error(path, f"The prober ({self._first.name})", error)
        if not isinstance(failure, ProbeCrashedError):
            return error
        try:
            return await self._second.probe(path)
        except Exception as second:  # noqa: BLE001  the error of the first is raised
            with suppress(StoatFerretError):  # only the second cannot be run
                file_error(path, f"The prober ({self._second.name})", second)
            return failure

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
        return await _only(self.probe_each([path]))

    async def probe_each(self, paths: Sequence[str | os.PathLike[str]]) -> Outcomes:
        """See `Prober.probe_each`; the seconds are those of waiting for each outcome."""
        start = time.perf_counter()
        try:
            async with aclosing(self._prober.probe_each(paths)) as outcomes:
                async for outcome in outcomes:
                    kind = type(outcome).__name__ if isinstance(outcome, Exception) else "ok"
                    self._observe(time.perf_counter() - start, kind)
                    yield outcome
                    start = time.perf_counter()
        except Exception as error:
            self._observe(time.perf_counter() - start, type(error).__name__)
            raise

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await self._prober.fingerprint(path)
