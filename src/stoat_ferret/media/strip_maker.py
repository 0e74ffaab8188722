"""The port for making contact strips, and the one that makes them in worker processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from stoat_ferret.errors import InvalidMediaError, ProbeTimeoutError
from stoat_ferret.media import reasons
from stoat_ferret.media.file_call import in_our_words, open_on_file
from stoat_ferret.media.strip import make_strip

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from stoat_ferret.media.workers import MediaWorkers


@dataclass(frozen=True, slots=True)
class Strip:
    """What came of making a strip; `version` and `problem` are as those of a thumbnail."""

    fingerprint: str
    version: int
    problem: str | None = None


class StripMaker(Protocol):
    """Makes contact strips."""

    async def make(
        self, path: str | os.PathLike[str], on_progress: Callable[[float], None]
    ) -> Strip:
        """What came of the strip of one file; `on_progress` gets parts of 1.

        Raises the `MediaError`s of a `Prober`. Where it is cancelled, the process is killed.
        """
        ...


class LibavStripMaker:
    """Makes strips below `folder`.

    A worker that gives no tile for `step_seconds`, or not the whole within `timeout_seconds`,
    is killed.
    """

    def __init__(
        self,
        workers: MediaWorkers,
        folder: str,
        *,
        step_seconds: float,
        timeout_seconds: float,
    ) -> None:
        self._workers = workers
        self._folder = folder
        self._step_seconds = step_seconds
        self._timeout_seconds = timeout_seconds

    async def make(
        self, path: str | os.PathLike[str], on_progress: Callable[[float], None]
    ) -> Strip:
        """See `StripMaker.make`."""
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                open_on_file(self._workers, make_strip, path, self._folder) as call,
            ):
                while True:
                    with in_our_words(path, self._step_seconds):
                        answer: Any = await call.next(self._step_seconds)
                    if call.has_ended:
                        return Strip(*answer)
                    on_progress(answer)
        except RuntimeError as error:  # of libav, by way of the worker
            reason = f"Its pictures cannot be made ({error})."
            raise InvalidMediaError(path, reason) from error
        except TimeoutError as error:
            raise ProbeTimeoutError(path, reasons.timed_out(self._timeout_seconds)) from error
