"""The storyboard of a video, drawn by libav in a worker process, one tile a step.

It has sheets of evenly spaced tiles, and a WebVTT index that maps times to tiles.
`storyboard_maker` is how other processes ask for it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import av
from av.stream import Disposition

from stoat_ferret.errors import reason_of
from stoat_ferret.media.frame_choice import KeyFrames
from stoat_ferret.media.frames import TILES, Box, draw, encode, place_in_sheet, sheet_of
from stoat_ferret.media.libav import converted_errors, opened
from stoat_ferret.media.libav_streams import videos_in_order
from stoat_ferret.media.media_file import MediaFile
from stoat_ferret.media.picture_files import STORYBOARD_VERSION, PictureFiles, write_whole

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

    from stoat_ferret.media.media_file import MediaPath

MOST_TILES = 200
LEAST_INTERVAL_SECONDS = 1.0
IN_ORDER_SECONDS = 600.0
"""Up to this duration, frames between two key frames are decoded. In longer videos a tile repeats
the one before instead, since decoding hours of video takes too long."""
TILE = Box(160, 160)
NO_BOUND = 2**62

StoryboardAnswer = tuple[str, int, str | None]
"""A fingerprint, a version as stored for videos, and the reason why nothing was written."""


def make_storyboard(path: MediaPath, folder: str) -> Generator[float, None, StoryboardAnswer]:
    """Write the storyboard of one video unless it exists; yield the part done, up to 1.

    Raises `MediaError`s if the file cannot be read.
    """
    files = PictureFiles(folder)
    with MediaFile(path) as file:
        fingerprint = file.fingerprint()
        if files.has_storyboard(fingerprint):
            return fingerprint, STORYBOARD_VERSION, None
        try:
            with opened(file) as container, converted_errors(file.path):
                file.allow(NO_BOUND)  # the deadline limits it
                storyboard = _Storyboard.of(container, files, fingerprint)
                yield from storyboard.tiles()
                storyboard.finish()
        except _NothingToSeeError:
            return fingerprint, -STORYBOARD_VERSION, None
        except _NotKeptError as error:
            return fingerprint, 0, str(error)
    return fingerprint, STORYBOARD_VERSION, None


class _NothingToSeeError(Exception):
    """The error if there is no picture, or no duration to divide."""


class _NotKeptError(Exception):
    """The error if the folder cannot be written."""


class _Storyboard:
    def __init__(
        self,
        frames: _TileFrames,
        stream: VideoStream,
        seconds: float,
        files: PictureFiles,
        fingerprint: str,
    ) -> None:
        self._frames = frames
        self._aspect = stream.sample_aspect_ratio
        self._seconds = seconds
        self._interval = max(LEAST_INTERVAL_SECONDS, seconds / MOST_TILES)
        self._files = files
        self._fingerprint = fingerprint
        self._pending: list[VideoFrame] = []
        self._sheets = 0
        self._size = (0, 0)

    @classmethod
    def of(cls, container: InputContainer, files: PictureFiles, fingerprint: str) -> _Storyboard:
        stream = _main_stream(container)
        if stream is None or not container.duration:
            raise _NothingToSeeError
        seconds = container.duration / 1e6
        frames = _TileFrames(KeyFrames(container, stream), is_short=seconds <= IN_ORDER_SECONDS)
        return cls(frames, stream, seconds, files, fingerprint)

    @property
    def _count(self) -> int:
        return max(1, round(self._seconds / self._interval))

    def tiles(self) -> Iterator[float]:
        """Make the tiles one after the other, and yield the part done."""
        tile: VideoFrame | None = None
        for number in range(self._count):
            frame = self._frames.at(min((number + 0.5) * self._interval, self._seconds * 0.9))
            if frame is not None:
                tile = self._drawn(frame)
            if tile is None:
                raise _NothingToSeeError
            self._pending.append(tile)
            if len(self._pending) == TILES:
                self._write_sheet()
            yield (number + 1) / self._count

    def _drawn(self, frame: VideoFrame) -> VideoFrame:
        tile = draw(frame, self._aspect, TILE)
        if self._size == (0, 0):
            self._size = (tile.width, tile.height)
        return tile.reformat(*self._size)  # pictures may change their size in the middle

    def _write_sheet(self) -> None:
        path = self._files.sheet(self._fingerprint, self._sheets)
        self._write(path, encode(sheet_of(self._pending)))
        self._sheets += 1
        self._pending.clear()

    def finish(self) -> None:
        """Write the remaining tiles, and finally the index."""
        if self._pending:
            self._write_sheet()
        self._write(self._files.index(self._fingerprint), self._list().encode())

    def _list(self) -> str:
        cues = ["WEBVTT\n"]
        for number in range(self._count):
            is_last = number == self._count - 1
            start = number * self._interval
            end = self._seconds if is_last else start + self._interval
            place = place_in_sheet(number, *self._size)
            cues.append(
                f"{_clock(start)} --> {_clock(end)}\nstoryboard-{number // TILES}.webp#{place}\n"
            )
        return "\n".join(cues)

    @staticmethod
    def _write(path: Any, data: bytes) -> None:
        try:
            write_whole(path, data)
        except OSError as error:
            raise _NotKeptError(reason_of(error)) from error


class _TileFrames:
    """The frames of tiles: key frames as long as each tile has its own, else all in order."""

    def __init__(self, frames: KeyFrames, *, is_short: bool) -> None:
        self._frames = frames
        self._is_short = is_short
        self._last: VideoFrame | None = None
        self._in_order: Iterator[VideoFrame] | None = None

    def at(self, seconds: float) -> VideoFrame | None:
        if self._in_order is None:
            frame = self._frames.at(seconds)
            if frame is None and self._last is None:
                frame = self._frames.at(0.0)
            is_new = frame is not None and (self._last is None or frame.pts != self._last.pts)
            if is_new or not self._is_short:
                self._last = frame
                return frame
            self._in_order = self._frames.following(seconds)
        with suppress(av.FFmpegError):  # the rest of the file is damaged
            for frame in self._in_order:
                self._last = frame
                place = self._frames.place(frame)
                if place is None or place >= seconds:
                    break
        return self._last


def _main_stream(container: InputContainer) -> VideoStream | None:
    for stream in videos_in_order(container):
        context: Any = stream.codec_context  # None without a decoder, unlike PyAV's stubs say
        if context is not None and not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
