"""The prober that reads with libav in worker processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import MediaError, ProbeCrashedError, ProbeTimeoutError
from stoat_ferret.media.libav_calls import fingerprint_file, probe_and_picture, probe_file
from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.media.prober import ProbedFile
from stoat_ferret.media.thumbnailer import NOT_ASKED_FOR, NOTHING_TO_SEE, Thumbnail
from stoat_ferret.media.worker_call import converted_errors, open_on_file, run_on_file

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from stoat_ferret.processes.worker_pool import Call, MediaWorkers

LAST_FINGERPRINT_SECONDS = 1.0
"""The time limit for the fingerprint of a file that hung or crashed its prober."""


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
