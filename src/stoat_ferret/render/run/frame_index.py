"""The frame index of a file: timestamps of pictures, and key frames.

Read with ffprobe; the kinds of key frames of H.264 with libav.
"""

from __future__ import annotations

import json
import os
from dataclasses import KW_ONLY, dataclass, replace
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

from stoat_ferret.errors import (
    MediaError,
    MediaProcessError,
    ProbeCrashedError,
    ProbeTimeoutError,
    ProcessNotStartedError,
    ProcessTimeoutError,
)
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.media import reasons
from stoat_ferret.media.libav_calls import idr_times
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.media.worker_call import run_on_file
from stoat_ferret.processes.worker_process import ANSWER_BYTES
from stoat_ferret.render.plan.source import CleanEnd, KeyFrame, Timing
from stoat_ferret.render.request.clip import Clip
from stoat_ferret.render.request.request import PresetName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import anyio

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.processes.worker_pool import MediaWorkers
    from stoat_ferret.render.request.request import RenderRequest

WINDOW = Fraction(12)
"""The seconds to search around a place; encoders rarely put key frames more than ten apart."""
_PROGRAM = "ffprobe"
_CODEC_WITH_IDR = "h264"
_OPENING = [part for name, value in OPEN_OPTIONS.items() for part in (f"-{name}", value)]
_HEADER = (
    "format=start_time:stream=index,start_time,time_base,r_frame_rate,avg_frame_rate"
    ":stream_tags=enc_key_id:stream_side_data=side_data_type"
)
_UNEVEN = Fraction(1, 1000)
_AT_THE_EDGE = Fraction(1)


def places(request: RenderRequest) -> dict[str, tuple[Fraction, ...]]:
    """Return the times around which key frames must be known, by video id."""
    found: dict[str, list[Fraction]] = {video_id: [] for video_id in request.video_ids}
    if request.preset in {PresetName.COPY, PresetName.SMART_CUT}:
        for piece in request.clips:
            if isinstance(piece, Clip):
                found[piece.video_id] += _cuts(piece, request.preset)
    return {video_id: tuple(moments) for video_id, moments in found.items()}


def _cuts(clip: Clip, preset: PresetName) -> Iterator[Fraction]:
    """Yield the cuts of `clip`, except at the start of the file, which has a key frame."""
    if clip.start_seconds or preset is PresetName.SMART_CUT:
        yield clip.start_seconds
    if clip.end_seconds is not None:
        yield clip.end_seconds


def put_together(header: Header, found: Sequence[KeyPlaces]) -> Timing:
    """Combine the parts that were read into one timing, in order and without duplicates."""
    keys = _once(key for one in found for key in one.keys)
    ends = _once(end for one in found for end in one.ends)
    return Timing(
        header.video_start, header.is_variable, keys, ends, header.starts, header.is_encrypted
    )


@dataclass(frozen=True, slots=True)
class Header:
    """The timestamps in the header of a file."""

    file_start: Fraction
    starts: dict[int, Fraction]
    video_start: Fraction
    time_base: Fraction
    is_variable: bool
    is_encrypted: bool = False

    @property
    def count(self) -> int:
        """The number of facts that it contains."""
        return 5 + len(self.starts)

    def moment(self, ticks: int) -> Fraction:
        """Return a time of the video in seconds from the start of the file."""
        return ticks * self.time_base - self.file_start


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """The places in a part of a file at which it can be cut without encoding, in order."""

    keys: tuple[KeyFrame, ...]
    ends: tuple[CleanEnd, ...]

    @property
    def count(self) -> int:
        """The number of facts that it contains."""
        return 1 + len(self.keys) + len(self.ends)


def parse_header(document: dict[str, Any], number: int) -> Header:
    """Parse ffprobe's description of streams; `number` is the index of the video stream.

    Raises `ValueError` for any other document.
    """
    try:
        streams = {int(stream["index"]): stream for stream in document["streams"]}
        file_start = _number(document.get("format", {}).get("start_time"))
        # Packets before the start of the file are only there for decoders.
        starts = {
            index: max(_number(stream.get("start_time"), file_start) - file_start, Fraction(0))
            for index, stream in streams.items()
        }
        return Header(
            file_start,
            starts,
            starts[number],
            Fraction(streams[number]["time_base"]),
            _is_variable(streams[number]),
            _is_encrypted(streams[number]),
        )
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ValueError("no description of a stream") from error


@dataclass(frozen=True, slots=True)
class Packet:
    """The presentation and decoding times of a packet, in seconds from the start of the file."""

    shown_at: Fraction
    decoded_at: Fraction | None
    is_key: bool


def parse_packets(document: dict[str, Any], header: Header) -> list[Packet]:
    """Parse ffprobe's list of packets, in the order of the file.

    Raises `ValueError` for any other document.
    """

    try:
        return [
            Packet(
                header.moment(int(packet["pts"])),
                header.moment(int(packet["dts"])) if "dts" in packet else None,
                "K" in packet.get("flags", ""),
            )
            for packet in document["packets"]
            if "pts" in packet
        ]
    except (KeyError, TypeError) as error:
        raise ValueError("no list of packets") from error


def key_frames(packets: list[Packet]) -> list[KeyFrame]:
    """Return the key frames among packets, in the order of the file."""
    keys = []
    earliest: Fraction | None = None
    # Backwards, so that the earliest picture shown after each key frame is known.
    for packet in reversed(packets):
        shown = packet.shown_at
        if packet.is_key:
            keys.append(KeyFrame(shown, earliest is None or earliest >= shown))
            earliest = None
        else:
            earliest = shown if earliest is None else min(earliest, shown)
    return keys[::-1]


def clean_ends(packets: list[Packet]) -> list[CleanEnd]:
    """Return the positions that all pictures shown before them precede in the file."""
    latest_before = accumulate((packet.shown_at for packet in packets), max)
    earliest_after = [*accumulate((packet.shown_at for packet in reversed(packets)), min)][::-1]
    return [
        CleanEnd(earliest, packet.decoded_at)
        for packet, latest, earliest in zip(
            packets[1:], latest_before, earliest_after[1:], strict=False
        )
        if latest < earliest and packet.decoded_at is not None
    ]


@dataclass(frozen=True, slots=True)
class FrameIndexQuery:
    """A query for the packets of one stream of a file, which has this `codec`.

    Reads the packets near the requested places, and nothing else. Each call has a deadline of its
    own, and raises `MediaError`s and `ProcessNotStartedError`.
    """

    path: str
    stream: int
    codec: str
    _: KW_ONLY
    ffprobe: Path
    workers: MediaWorkers
    timeout_seconds: float
    limiter: anyio.CapacityLimiter | None = None

    async def header(self) -> Header:
        """Return the timestamps in the header."""
        document = await self._ask("-show_entries", _HEADER)
        try:
            return parse_header(document, self.stream)
        except ValueError as error:
            raise ProbeCrashedError(self.path, _malformed_output()) from error

    async def key_places(self, header: Header, start: Fraction, end: Fraction) -> KeyPlaces:
        """Return the places between two times."""
        packets = await self._packets(header, start, end)
        until = end - _AT_THE_EDGE
        keys = [key for key in key_frames(packets) if 0 <= key.seconds < until]
        if self.codec == _CODEC_WITH_IDR and keys:
            idr = await self._idr_seconds(header, keys[0].seconds, keys[-1].seconds)
            keys = [replace(key, is_idr=key.seconds in idr) for key in keys]
        return KeyPlaces(
            tuple(keys),
            tuple(place for place in clean_ends(packets) if 0 <= place.seconds < until),
        )

    async def _idr_seconds(self, header: Header, first: Fraction, last: Fraction) -> set[Fraction]:
        def ticks(moment: Fraction) -> int:
            return int((moment + header.file_start) / header.time_base)

        try:
            found = await run_on_file(
                self.workers,
                idr_times,
                self.path,
                self.stream,
                ticks(first),
                ticks(last),
                timeout_seconds=self.timeout_seconds,
            )
        except MediaError:  # ffprobe could read it: only smart cuts need to know, and encode more
            return set()
        return {header.moment(one) for one in found}

    async def _packets(self, header: Header, start: Fraction, end: Fraction) -> list[Packet]:
        first, last = (float(moment + header.file_start) for moment in (start, end))
        interval = f"{first:.6f}%{last:.6f}" if start else f"%{last:.6f}"
        document = await self._ask(
            *("-select_streams", str(self.stream), "-read_intervals", interval),
            *("-show_entries", "packet=pts,dts,flags"),
        )
        try:
            return parse_packets(document, header)
        except ValueError as error:
            raise ProbeCrashedError(self.path, _malformed_output()) from error

    async def _ask(self, *options: str) -> dict[str, Any]:
        argv: list[str | bytes | Path] = [
            self.ffprobe,
            *("-v", "error", *_OPENING, "-print_format", "json"),
            *options,
            *("-i", os.fsencode(f"file:{self.path}")),
        ]
        try:
            completed = await run_program(
                argv,
                timeout_seconds=self.timeout_seconds,
                limiter=self.limiter,
                stdout_bytes=ANSWER_BYTES,
            )
        except ProcessTimeoutError as error:
            reason = reasons.timed_out(self.timeout_seconds)
            raise ProbeTimeoutError(self.path, reason) from error
        except ProcessNotStartedError:
            raise
        except MediaProcessError as error:
            raise ProbeCrashedError(self.path, reasons.crashed(_PROGRAM, error.detail)) from error
        try:
            document = json.loads(completed.stdout.decode("utf-8", "replace"))
        except ValueError:
            document = None
        if completed.exit_code or not isinstance(document, dict):
            raise ProbeCrashedError(self.path, _malformed_output())
        return document


Found = TypeVar("Found", KeyFrame, CleanEnd)


def _once(found: Iterable[Found]) -> tuple[Found, ...]:
    """Return what was found in order, without duplicate times."""
    by_moment = {one.seconds: one for one in found}
    return tuple(by_moment[moment] for moment in sorted(by_moment))


def intervals(around: Iterable[Fraction], info: MediaInfo) -> Iterator[tuple[Fraction, Fraction]]:
    """Return the intervals to read around times of a file, merged if they overlap.

    Times after its end count as its end: there is nothing to find at them.
    """
    last = Fraction(info.duration_seconds) if info.duration_seconds else None
    start = end = None
    for moment in sorted(around if last is None else {min(one, last) for one in around}):
        if start is not None and end is not None and moment - WINDOW <= end:
            end = moment + WINDOW
            continue
        if start is not None and end is not None:
            yield start, end
        start, end = max(moment - WINDOW, Fraction(0)), moment + WINDOW
    if start is not None and end is not None:
        yield start, end


def _is_variable(stream: dict[str, Any]) -> bool:
    lowest, average = (_rate(stream.get(name)) for name in ("r_frame_rate", "avg_frame_rate"))
    if not lowest or not average:
        return True
    # One of the two rates may count the fields of interlaced pictures.
    return all(abs(lowest / factor - average) > average * _UNEVEN for factor in (1, 2))


def _is_encrypted(stream: dict[str, Any]) -> bool:
    """Return whether a stream is encrypted: by a key id in Matroska, by its side data in MP4."""
    side_data = [str(one.get("side_data_type")) for one in stream.get("side_data_list", ())]
    has_key = bool(stream.get("tags", {}).get("enc_key_id"))
    return has_key or any(kind.startswith("Encryption") for kind in side_data)


def _rate(value: Any) -> Fraction | None:
    try:
        return Fraction(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def _number(value: Any, otherwise: Fraction = Fraction(0)) -> Fraction:
    try:
        return Fraction(value)
    except (TypeError, ValueError):
        return otherwise


def _malformed_output() -> str:
    return reasons.crashed(_PROGRAM, "printed what is not a description of packets")
