"""The prober that reads with libav in worker processes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.errors import (
    MediaError,
    ProbeCrashedError,
    ProbeTimeoutError,
    ProcessCrashedError,
    ProcessTimeoutError,
)
from stoat_ferret.media import reasons
from stoat_ferret.media.libav import fingerprint_file, probe_file
from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.media.prober import ProbedFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.media.workers import MediaWorkers

T = TypeVar("T")

LAST_LOOK_SECONDS = 1.0
"""How long the fingerprint of a file that hung or crashed its prober may take."""


class LibavProber:
    """Reads files with libav, each call in a worker process that is killed at the deadline."""

    name = "libav"

    def __init__(self, workers: MediaWorkers, *, timeout_seconds: float) -> None:
        self._workers = workers
        self._timeout_seconds = timeout_seconds

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        try:
            facts, fingerprint = await run_on_file(
                self._workers, probe_file, path, timeout_seconds=self._timeout_seconds
            )
        except (ProbeTimeoutError, ProbeCrashedError) as error:
            error.fingerprint = await self._last_look(path)
            raise
        return ProbedFile(MediaInfo.model_validate(facts), fingerprint)

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await run_on_file(
            self._workers, fingerprint_file, path, timeout_seconds=self._timeout_seconds
        )

    async def _last_look(self, path: str | os.PathLike[str]) -> str | None:
        """The fingerprint of a bad file, so that it is known again when it was moved."""
        seconds = min(LAST_LOOK_SECONDS, self._timeout_seconds)
        try:
            return await run_on_file(self._workers, fingerprint_file, path, timeout_seconds=seconds)
        except MediaError:
            return None


async def run_on_file(
    workers: MediaWorkers,
    function: Callable[[bytes], T],
    path: str | os.PathLike[str],
    *,
    timeout_seconds: float,
) -> T:
    """What `function` makes of one file in a worker process; what goes wrong is a `MediaError`."""
    # A worker may have been started in another folder.
    name = os.fsencode(Path.cwd() / path)
    try:
        return await workers.run(function, name, timeout_seconds=timeout_seconds)
    except ProcessTimeoutError as error:
        raise ProbeTimeoutError(path, reasons.timed_out(timeout_seconds)) from error
    except ProcessCrashedError as error:
        raise ProbeCrashedError(path, reasons.crashed("libav", error.detail)) from error
