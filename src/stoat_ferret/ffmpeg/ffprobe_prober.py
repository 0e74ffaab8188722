"""The prober that runs ffprobe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import FileUnreadableError, InvalidMediaError, MediaError
from stoat_ferret.ffmpeg.probe import ffprobe_video
from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.libav_calls import content_fault, fingerprint_file, jumping_seconds_of
from stoat_ferret.media.media_file import RootedPath
from stoat_ferret.media.media_record import MediaRecord
from stoat_ferret.media.prober import ProbedFile, one_by_one
from stoat_ferret.media.thumbnailer import NOT_ASKED_FOR, Thumbnail
from stoat_ferret.media.transport_stream import TRANSPORT_STREAM
from stoat_ferret.media.worker_call import run_on_file

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    import anyio

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.media.prober import Outcomes
    from stoat_ferret.media.thumbnailer import Thumbnailer
    from stoat_ferret.processes.worker_pool import MediaWorkers


class FfprobeProber:
    """A prober with ffprobe; the fingerprint comes from a worker process.

    A worker can be killed when the disk hangs, unlike a thread of the server. It also rejects
    anything but regular files, before ffprobe could wait for a named pipe.
    """

    name = "ffprobe"

    def __init__(
        self,
        workers: MediaWorkers,
        limiter: anyio.CapacityLimiter,
        ffprobe_path: Path,
        *,
        timeout_seconds: float,
        memory_bytes: int | None = None,
        thumbnailer: Thumbnailer | None = None,
    ) -> None:
        self._workers = workers
        self._limiter = limiter
        self._ffprobe_path = ffprobe_path
        self._timeout_seconds = timeout_seconds
        self._memory_bytes = memory_bytes
        self._thumbnailer = thumbnailer

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        fingerprint = await self.fingerprint(path)
        try:
            media_info = await self._media_info(path)
            if media_info.container == TRANSPORT_STREAM:
                media_info = await self._with_true_length(path, media_info)
        except MediaError as error:
            error.fingerprint = fingerprint
            raise
        if isinstance(path, RootedPath):  # ffprobe opens the file by its name
            await self.fingerprint(path)
        thumbnail = await self._thumbnail(path, media_info)
        return ProbedFile(MediaRecord.of(media_info), fingerprint, thumbnail)

    def probe_each(self, paths: Sequence[str | os.PathLike[str]]) -> Outcomes:
        """See `Prober.probe_each`."""
        return one_by_one(self.probe, paths)

    async def _media_info(self, path: str | os.PathLike[str]) -> MediaInfo:
        try:
            return await ffprobe_video(
                path,
                timeout_seconds=self._timeout_seconds,
                ffprobe=self._ffprobe_path,
                limiter=self._limiter,
                memory_bytes=self._memory_bytes,
            )
        except FileUnreadableError:
            # FFmpeg reports damaged content as unreadable too. The worker can tell them apart.
            reason = await run_on_file(
                self._workers, content_fault, path, timeout_seconds=self._timeout_seconds
            )
            if reason is None:
                raise
            raise InvalidMediaError(path, reason) from None

    async def _with_true_length(self, path: str | os.PathLike[str], info: MediaInfo) -> MediaInfo:
        seconds = await run_on_file(
            self._workers, jumping_seconds_of, path, timeout_seconds=self._timeout_seconds
        )
        if not seconds:
            return info
        bit_rate = round(info.size_bytes * 8 / seconds)
        return info.model_copy(update={"duration_seconds": seconds, "bit_rate": bit_rate})

    async def _thumbnail(self, path: str | os.PathLike[str], media_info: MediaInfo) -> Thumbnail:
        if self._thumbnailer is None or media_info.main_video is None:
            return NOT_ASKED_FOR
        try:
            return (await self._thumbnailer.make(path))[1]
        except Exception as error:  # noqa: BLE001  whatever the error, the facts of the file are known by now
            # The file may have just vanished, which the next scan detects.
            file_error(path, "The thumbnailer", error)
            return NOT_ASKED_FOR

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await run_on_file(
            self._workers, fingerprint_file, path, timeout_seconds=self._timeout_seconds
        )
