"""Text subtitles of videos and of the files beside them, as WebVTT."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stoat_ferret.errors import NotPlayableError, ProcessCrashedError
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.playing.sidecars import FIRST_INDEX
from stoat_ferret.playing.source import info_of
from stoat_ferret.processes.child_process import describe_end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from stoat_ferret.ffmpeg.capabilities import FfmpegCapabilities
    from stoat_ferret.library.video import VideoDetails
    from stoat_ferret.playing.segment_cache import SegmentCache
    from stoat_ferret.playing.sidecars import Sidecar, Sidecars
    from stoat_ferret.render.run.sources import SourceResolver

TEXT_SUBTITLES = frozenset(
    "ass ssa subrip srt mov_text webvtt text eia_608 jacosub microdvd mpl2 pjs realtext sami stl "
    "subviewer subviewer1 vplayer".split()
)
"""The codecs of subtitles that are text, by FFmpeg's names; the others are pictures."""
READ_SECONDS = 120.0
"""The time to read all of a file, which subtitles are spread over."""


_READERS = 2
"""The files whose subtitles are read at a time."""


@dataclass(frozen=True, slots=True)
class SubtitleText:
    """The subtitles of a track: `read` returns them as WebVTT, and `etag` is their entity tag."""

    etag: str
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class SubtitleTracks:
    """The tracks of text subtitles of videos, converted ones of which are stored in a cache."""

    resolver: SourceResolver
    ffmpeg: FfmpegCapabilities
    cache: SegmentCache
    sidecars: Sidecars
    _reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_READERS))

    async def files_of(self, video: VideoDetails) -> list[Sidecar]:
        """Return the subtitle files beside a video."""
        return await self.sidecars.list(video)

    async def open(self, video: VideoDetails, index: int) -> SubtitleText:
        """Return the subtitles of a stream or of a file beside the video.

        Raises `NotPlayableError` if there are none, and the errors of `RootFiles.read`. `read`
        raises these, too, and for a stream those of `run_program`; the first time for a stream
        reads the whole video.
        """
        info = info_of(video)
        if index >= FIRST_INDEX:
            content = await self.sidecars.read(video, index)

            async def convert() -> bytes:
                return await self.sidecars.convert(content)

            return self._cached(video, f"{index}-{content.etag}", convert)
        if index not in {one.index for one in info.subtitles if one.codec in TEXT_SUBTITLES}:
            raise NotPlayableError(f"The file has no text subtitles in stream {index}.")

        async def extract() -> bytes:
            path = await self.resolver.path_of(video)
            ffmpeg = (await self.ffmpeg.describe_software()).path
            async with self._reading:
                return await read_subtitles(ffmpeg, path, index)

        return self._cached(video, f"{index}-{video.fingerprint}", extract)

    def _cached(
        self, video: VideoDetails, version: str, make: Callable[[], Awaitable[bytes]]
    ) -> SubtitleText:
        stream = f"{video.id}-subtitles"

        async def read() -> bytes:
            if (found := await self.cache.read(stream, version)) is not None:
                return found
            text = await make()
            with suppress(OSError, TimeoutError):  # the next player makes it again
                await self.cache.write(stream, version, text)
            return text

        etag = hashlib.blake2b(f"{stream} {version}".encode(), digest_size=16).hexdigest()
        return SubtitleText(f'"{etag}"', read)


async def read_subtitles(ffmpeg: Path, path: str, index: int) -> bytes:
    """Return the subtitles of stream `index` as WebVTT, with times from the start of the file.

    Raises the errors of `run_program`.
    """
    opening = [text for name, value in OPEN_OPTIONS.items() for text in (f"-{name}", value)]
    command: list[str | Path] = [
        ffmpeg,
        "-hide_banner",
        "-nostdin",
        "-v",
        "error",
        *opening,
        "-i",
        f"file:{path}",
    ]
    command += ["-map", f"0:{index}", "-c:s", "webvtt", "-f", "webvtt", "pipe:1"]
    completed = await run_program(command, timeout_seconds=READ_SECONDS)
    if completed.exit_code:
        end = describe_end(completed.exit_code, completed.stderr_tail)
        raise ProcessCrashedError("ffmpeg", end)
    return completed.stdout
