"""Streams of videos for players: their playlists and segments, made while they are watched."""

from __future__ import annotations

import asyncio
import re
import secrets
import shlex
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import anyio
import structlog

from stoat_ferret.errors import (
    MediaProcessError,
    NotPlayableError,
    PlaybackBusyError,
    PlaybackSupersededError,
    ProcessTimeoutError,
)
from stoat_ferret.playing.ffmpeg_arguments import (
    MOST_SEGMENTS,
    SUBTITLE_SECONDS,
    ffmpeg_arguments,
)
from stoat_ferret.playing.file_facts import FileFacts
from stoat_ferret.playing.grid import Grid, StreamEntry, media_playlist, multivariant_playlist
from stoat_ferret.playing.hardware import PlaybackEncoder
from stoat_ferret.playing.segment_cache import SegmentCache
from stoat_ferret.playing.sidecars import Sidecars
from stoat_ferret.playing.source import info_of
from stoat_ferret.playing.subtitles import SubtitleTracks
from stoat_ferret.playing.transcoder import Transcoder
from stoat_ferret.playing.variant import (
    BLU_RAY_SUBTITLES,
    Variant,
    bandwidth_of,
    choose_variant,
    codecs_of,
    heights_of,
    image_subtitles_of,
    may_copy,
    picture_of,
    size_of,
)
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from stoat_ferret.config import Settings
    from stoat_ferret.ffmpeg.capabilities import FfmpegCapabilities
    from stoat_ferret.library.video import VideoDetails
    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.playing.variant import Client
    from stoat_ferret.processes.worker_pool import MediaWorkers
    from stoat_ferret.render.run.sources import SourceResolver

log = structlog.get_logger(__name__)

WAIT_SECONDS = 60.0
"""The longest wait for a segment."""
_BUSY_SECONDS = 5.0
"""The longest wait for one of the processes."""
_SWEEP_SECONDS = 1.0
_MOST_VIEWERS = 10_000
_LONGEST_SHOWN = 500
VIEWER = re.compile(r"[\w-]{1,40}", re.ASCII)
"""The form of the name of a player."""


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """A request of a player: a video for a client, its audio stream and height, and its name.

    Without `audio`, that is the first one; without `height`, that of the video itself. `subtitles`
    is a stream of pictures that are burned in. `encoder` is the hardware encoder that made the
    header, so all segments are made by it; None for software.
    """

    video: VideoDetails
    client: Client
    audio: int | None = None
    height: int | None = None
    viewer: str | None = None
    subtitles: int | None = None
    encoder: str | None = None

    @property
    def query(self) -> str:
        """The query that leads to the same."""
        names = {
            "audio": self.audio,
            "height": self.height,
            "codecs": ",".join(sorted(self.client.codecs)),
            "hdr": "true" if self.client.shows_hdr else None,
            "viewer": self.viewer,
            "subtitles": self.subtitles,
            "encoder": self.encoder,
        }
        return urlencode({name: value for name, value in names.items() if value is not None})


@dataclass(frozen=True, slots=True)
class _Stream:
    """A video in one quality, and the name of its segments in the cache."""

    video: VideoDetails
    path: str
    info: MediaInfo
    variant: Variant
    grid: Grid
    name: str


@dataclass(slots=True)
class _Viewer:
    """A player, and the run of FFmpeg that works for it."""

    used_at: float
    stream: str = ""
    run: Transcoder | None = None
    waiting: int = 0
    """The number of requests that wait for its run."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_idle_since(self, time: float) -> bool:
        """Return whether nobody has asked for anything since `time`, nor waits for it."""
        return self.used_at < time and not self.waiting and not self.lock.locked()

    async def stop(self) -> None:
        """End its run."""
        run, self.run = self.run, None
        if run is not None:
            with anyio.CancelScope(shield=True):  # which takes two seconds at most
                await run.kill()


class Streams:
    """The streams of all players.

    Each player has one process, which is ended when it asks for another part or quality, when it
    has asked for nothing for `idle_seconds`, and for others when all `most_processes` are needed
    and this one is ahead of its player. Segments are shared by all players.
    """

    def __init__(
        self,
        resolver: SourceResolver,
        ffmpeg: FfmpegCapabilities,
        workers: MediaWorkers,
        cache: SegmentCache,
        encoder: PlaybackEncoder,
        *,
        most_processes: int,
        idle_seconds: float,
        probe_seconds: float,
    ) -> None:
        self._resolver = resolver
        self._ffmpeg = ffmpeg
        self._cache = cache
        self._encoder = encoder
        self.subtitles = SubtitleTracks(resolver, ffmpeg, cache, Sidecars(resolver.files, workers))
        self._most_processes = most_processes
        self._idle_seconds = idle_seconds
        self._facts = FileFacts(workers, probe_seconds)
        self._viewers: dict[str, _Viewer] = {}
        self._starting = asyncio.Lock()

    @property
    def pids(self) -> list[int]:
        """The process ids of all FFmpeg that run for players."""
        return [one.run.pid for one in self._viewers.values() if one.run and not one.run.is_over]

    async def playlist(self, request: StreamRequest) -> str:
        """Return the playlist of a quality, or without `height` the list of qualities.

        Raises `NotPlayableError` and the errors of `SourceResolver.path_of`.
        """
        asked = replace(
            request,
            viewer=request.viewer or secrets.token_urlsafe(9),
            encoder=request.encoder or self._encoder.current(),
        )
        if asked.height is not None:
            return media_playlist((await self._open(asked)).grid, asked.query)
        entries = []
        for height in heights_of(info_of(asked.video)):
            one = replace(asked, height=height)
            stream = await self._open(one)
            width, lines = size_of(stream.info, height)
            bandwidth = bandwidth_of(stream.info, stream.variant)
            codecs = codecs_of(stream.info, stream.variant)
            entries.append(StreamEntry(width, lines, bandwidth, codecs, one.query))
        return multivariant_playlist(entries)

    async def header(self, request: StreamRequest) -> bytes:
        """Return the header of a quality; it is the same for all of its segments."""
        stream = await self._open(request)
        viewer = self._viewer(request)
        if (found := await self._cache.read(stream.name, "init")) is not None:
            return found
        async with viewer.lock:
            run = viewer.run
            if run is None or run.is_over or viewer.stream != stream.name:
                run = await self._start(viewer, stream, 0)
        await self._in_time(stream, viewer, run.wait_for_header())
        return await self._made(stream, "init")

    async def segment(self, request: StreamRequest, number: int) -> bytes:
        """Return a segment; it is made if it was not yet, or no longer is there.

        Raises `NotPlayableError` if there is no such segment, `PlaybackBusyError`,
        `PlaybackSupersededError` if the player asked for another part meanwhile, and
        `MediaProcessError`s.
        """
        stream = await self._open(request)
        if not 0 <= number < len(stream.grid.starts):
            raise NotPlayableError(f"There is no segment {number}.")
        viewer = self._viewer(request)
        name = str(number)
        if (found := await self._cache.read(stream.name, name)) is not None:
            if viewer.run is not None and viewer.stream == stream.name:
                viewer.run.wanted = max(viewer.run.wanted, number)
            return found
        async with viewer.lock:
            run = viewer.run
            if run is None or viewer.stream != stream.name or not run.will_make(number):
                run = await self._start(viewer, stream, number)
        await self._in_time(stream, viewer, run.wait_for(number))
        return await self._made(stream, name)

    async def _in_time(
        self, stream: _Stream, viewer: _Viewer, waiting: Coroutine[None, None, None]
    ) -> None:
        try:
            await _in_time(viewer, waiting)
        except MediaProcessError as error:
            if stream.variant.hardware is not None:
                self._encoder.give_up(stream.variant.hardware, str(error))
            raise

    async def _made(self, stream: _Stream, name: str) -> bytes:
        found = await self._cache.read(stream.name, name)
        if found is None:
            raise PlaybackSupersededError
        return found

    async def watch(self) -> None:
        """End the processes of players that ask no more, until this is cancelled."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            before = asyncio.get_running_loop().time() - self._idle_seconds
            for name, viewer in list(self._viewers.items()):
                if viewer.is_idle_since(before):
                    del self._viewers[name]
                    await viewer.stop()

    async def close(self) -> None:
        """End all processes, and delete all segments."""
        viewers, self._viewers = list(self._viewers.values()), {}
        await asyncio.gather(self._encoder.close(), *(viewer.stop() for viewer in viewers))
        await self._cache.close()

    def _viewer(self, request: StreamRequest) -> _Viewer:
        name = request.viewer or ""
        now = asyncio.get_running_loop().time()
        if name not in self._viewers and len(self._viewers) >= _MOST_VIEWERS:
            raise PlaybackBusyError(self._most_processes)
        viewer = self._viewers.setdefault(name, _Viewer(now))
        viewer.used_at = now
        return viewer

    async def _open(self, request: StreamRequest) -> _Stream:
        video = request.video
        info = info_of(video)
        path = await self._resolver.path_of(video)
        height = heights_of(info)[0] if request.height is None else request.height
        grid = None
        if request.subtitles is None:
            grid = await self._aligned(path, video, info, request.client)
        variant = choose_variant(
            info,
            request.client,
            height,
            request.audio,
            request.subtitles,
            is_aligned=grid is not None,
            hardware=self._usable(request.encoder),
        )
        if grid is None or not variant.copies_video:
            grid = Grid.fixed(info.duration_seconds or 0.0)
        name = f"{video.id}-{video.fingerprint}-{variant.name}"
        return _Stream(video, path, info, variant, grid, name)

    def _usable(self, encoder: str | None) -> str | None:
        """Return `encoder`. Raises `NotPlayableError` if that is not, or no longer, used here."""
        if encoder is not None and encoder != self._encoder.current():
            raise NotPlayableError(
                f"The encoder {for_display(encoder)} is not in use any more. Reload the video."
            )
        return encoder

    async def _aligned(
        self, path: str, video: VideoDetails, info: MediaInfo, client: Client
    ) -> Grid | None:
        """Return the grid for copied video; None if this client cannot show it."""
        picture = picture_of(info)
        if not may_copy(picture, client):
            return None
        key_frames = await self._facts.key_frames(path, video, picture.index)
        return Grid.aligned(key_frames, info.duration_seconds or 0.0)

    async def _start(self, viewer: _Viewer, stream: _Stream, first: int) -> Transcoder:
        """Start a run for `viewer` in place of its last one."""
        await viewer.stop()
        tools = await self._ffmpeg.describe_software()
        grid = stream.grid
        if not stream.variant.copies_video:
            grid = grid.until(first + MOST_SEGMENTS)
        canvas = await self._canvas(stream, grid.starts[first])
        arguments = ffmpeg_arguments(
            stream.path, stream.info, stream.variant, grid, first, tools, canvas
        )
        shown = [_shortened(argument) for argument in (str(tools.path), *arguments)]
        log.info("conversion_started", video_id=stream.video.id, command=shlex.join(shown))
        run = Transcoder(grid, first, _Store(self._cache, stream.name))
        async with self._starting:
            await self._make_room()
            await run.start(tools.path, arguments)
            viewer.run, viewer.stream = run, stream.name
        return run

    async def _canvas(self, stream: _Stream, seconds: float) -> tuple[int, int] | None:
        """Return the size that subtitles to burn in were made for, if FFmpeg does not see it."""
        index = stream.variant.subtitles
        if index is None or image_subtitles_of(stream.info, index).codec != BLU_RAY_SUBTITLES:
            return None
        before = max(0.0, seconds - SUBTITLE_SECONDS)
        return await self._facts.canvas(stream.path, stream.video, index, before)

    async def _make_room(self) -> None:
        """Wait until another process may be started. Raises `PlaybackBusyError`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _BUSY_SECONDS
        while True:
            busy = [one for one in self._viewers.values() if one.run and not one.run.is_over]
            if len(busy) < self._most_processes:
                return
            # Whoever has been served longest ago, of those who have segments in store.
            resting = [one for one in busy if one.run and one.run.is_ahead]
            if resting:
                await min(resting, key=lambda one: one.used_at).stop()
                return
            if loop.time() > until:
                raise PlaybackBusyError(self._most_processes)
            await asyncio.sleep(0.1)


@dataclass(frozen=True, slots=True)
class _Store:
    """The place for the segments of one stream in the cache."""

    cache: SegmentCache
    stream: str

    async def save(self, name: str, data: bytes) -> None:
        """Store a part."""
        await self.cache.write(self.stream, name, data)


def _shortened(argument: str) -> str:
    """Return an argument for the log; the times of key frames are many."""
    shown = for_display(argument)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


async def _in_time(viewer: _Viewer, waiting: Coroutine[None, None, None]) -> None:
    viewer.waiting += 1
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await waiting
    except TimeoutError as error:
        detail = f"did not make this part of the video within {WAIT_SECONDS:g} s"
        raise ProcessTimeoutError("ffmpeg", detail) from error
    finally:
        viewer.waiting -= 1
        viewer.used_at = asyncio.get_running_loop().time()


@asynccontextmanager
async def open_streams(
    settings: Settings,
    resolver: SourceResolver,
    ffmpeg: FfmpegCapabilities,
    workers: MediaWorkers,
) -> AsyncIterator[Streams]:
    """Open the streams for players; all of their processes end with the block."""
    cache = SegmentCache(settings.playback_dir, settings.playback_cache_mb * 2**20)
    streams = Streams(
        resolver,
        ffmpeg,
        workers,
        cache,
        PlaybackEncoder(settings.playback_encoder, ffmpeg),
        most_processes=settings.playback_processes,
        idle_seconds=settings.playback_idle_seconds,
        probe_seconds=settings.probe_timeout_seconds,
    )
    tasks = [asyncio.create_task(streams.watch()), asyncio.create_task(cache.sweep())]
    try:
        yield streams
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await streams.close()
