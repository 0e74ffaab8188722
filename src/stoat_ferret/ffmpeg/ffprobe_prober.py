"""The prober that runs ffprobe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import MediaError
from stoat_ferret.ffmpeg.probe import ffprobe_video
from stoat_ferret.media.libav import fingerprint_file
from stoat_ferret.media.libav_prober import run_on_file
from stoat_ferret.media.prober import ProbedFile

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import anyio

    from stoat_ferret.media.workers import MediaWorkers


class FfprobeProber:
    """Reads files with ffprobe; the fingerprint comes from a worker process.

    A worker can be killed when the disk hangs, which a thread of the server cannot. It also
    finds out what is no regular file, before ffprobe waits for a named pipe.
    """

    name = "ffprobe"

    def __init__(
        self,
        workers: MediaWorkers,
        limiter: anyio.CapacityLimiter,
        ffprobe_path: Path,
        *,
        timeout_seconds: float,
    ) -> None:
        self._workers = workers
        self._limiter = limiter
        self._ffprobe_path = ffprobe_path
        self._timeout_seconds = timeout_seconds

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        fingerprint = await self.fingerprint(path)
        try:
            media_info = await ffprobe_video(
                path,
                timeout_seconds=self._timeout_seconds,
                ffprobe=self._ffprobe_path,
                limiter=self._limiter,
            )
        except MediaError as error:
            error.fingerprint = fingerprint
            raise
        return ProbedFile(media_info, fingerprint)

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await run_on_file(
            self._workers, fingerprint_file, path, timeout_seconds=self._timeout_seconds
        )
