"""The query for the frame index of a file.

Its packets are read with ffprobe, and the kinds of key frames of H.264 with libav.
"""

from __future__ import annotations

import json
import os
from array import array
from dataclasses import KW_ONLY, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from stoat_ferret.concurrency import gather_two
from stoat_ferret.disk import in_thread, run_on_disk_thread
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
from stoat_ferret.media.libav_calls import key_kinds, last_end
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.media.worker_call import run_on_file
from stoat_ferret.processes.worker_process import ANSWER_BYTES
from stoat_ferret.render.plan.excerpt import INDEXLESS
from stoat_ferret.render.plan.filter_graph import has_times, input_options
from stoat_ferret.render.plan.video.colors import is_high_range
from stoat_ferret.render.plan.video.hdr_metadata import HDR_FIELDS, parse_hdr_metadata
from stoat_ferret.render.run.frame_index import AllPictures, CutPlaces, Edges
from stoat_ferret.render.run.header import HEADER_ENTRIES, parse_header
from stoat_ferret.render.run.movie_index import read_pictures
from stoat_ferret.render.run.packets import (
    PACKET_ENTRIES,
    clean_ends,
    duration_of_last,
    end_of,
    is_start_hidden,
    key_frames,
    longest_delay,
    mean_bytes,
    merged,
    parse_packets,
    shown_ticks,
    split_at_jump,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import anyio

    from stoat_ferret.media.media_info import MediaInfo, VideoStream
    from stoat_ferret.processes.worker_pool import MediaWorkers
    from stoat_ferret.render.plan.source import KeyFrame
    from stoat_ferret.render.plan.video.hdr_metadata import HdrMetadata
    from stoat_ferret.render.run.header import Header
    from stoat_ferret.render.run.packets import Packet

T = TypeVar("T")

_PROGRAM = "ffprobe"
_FIRST_PICTURES = "%+#4"
_CODEC_WITH_IDR = "h264"
_OPENING = [part for name, value in OPEN_OPTIONS.items() for part in (f"-{name}", value)]
_AT_THE_EDGE = Fraction(1)
_EDGE = Fraction(3)
"""The seconds to read at the start and at the end of a file for its rate and its last picture."""
_ROUNDING = Fraction(1, 1000)
_TOO_EARLY = Fraction(1, 8)
"""The seconds that the last picture may end before the file without a look at other streams."""


@dataclass(frozen=True, slots=True)
class FrameIndexQuery:
    """A query for the packets of the main video stream of a file.

    Reads the packets near the requested places, and nothing else. Each call has a deadline of its
    own, and raises `MediaError`s and `ProcessNotStartedError`.
    """

    path: str
    info: MediaInfo
    video: VideoStream
    _: KW_ONLY
    ffprobe: Path
    workers: MediaWorkers
    timeout_seconds: float
    limiter: anyio.CapacityLimiter | None = None

    async def header(self) -> Header:
        """Return the timestamps in the header, and the metadata of high dynamic range."""
        document = await self._ask("-show_entries", HEADER_ENTRIES)
        try:
            header = parse_header(document, self.video.index)
        except ValueError as error:
            raise ProbeCrashedError(self.path, _malformed_output()) from error
        if not is_high_range(self.video):
            return header
        return replace(header, hdr_metadata=await self._hdr_metadata())

    async def _hdr_metadata(self) -> HdrMetadata | None:
        """Return the static metadata, which most files have in the first picture alone.

        None if that cannot be decoded.
        """
        try:
            document = await self._ask(
                *("-select_streams", str(self.video.index), "-read_intervals", _FIRST_PICTURES),
                *("-show_entries", f"frame_side_data={HDR_FIELDS}:stream_side_data={HDR_FIELDS}"),
            )
        except MediaError:
            return None
        return parse_hdr_metadata(document)

    async def edges(self, header: Header) -> Edges:
        """Return the pictures at both edges of the file.

        If the header does not say how long it is, all of its packets are read.
        """
        seconds, known = header.duration, self.info.duration_seconds
        is_jumping = bool(seconds and known and abs(Fraction(repr(known)) - seconds) > _AT_THE_EDGE)
        kinds_until = header.video_start + 2 * _EDGE
        (packets, is_whole), kinds = await gather_two(
            self._at_the_edges(header, seconds),
            self._kinds(header, Fraction(0), kinds_until),
        )
        if seconds is None:
            end, length = await self._last_end(header), None
        else:
            end, length = end_of(packets, header), seconds
            if not is_jumping and (end is None or end < seconds - _TOO_EARLY):
                length = await self._length(header, seconds)
            if length < seconds:
                packets, is_whole = await self._at_the_edges(header, length)
                end = end_of(packets, header)
            elif end and not is_jumping:
                # It may be an estimate, or the sum of durations in a file whose last pictures are
                # not all there: after a cut without encoding, some have a gap before them. But a
                # picture that begins before the stated end may be meant to be shown until then.
                last = duration_of_last(packets, header)
                is_estimate = self.info.container in INDEXLESS
                least = last / 2 if is_estimate else last - _ROUNDING
                length = end if end > seconds + least else seconds
        head, tail = split_at_jump(packets)
        until = None if is_whole else header.video_start + _EDGE
        keys = [key for key in key_frames(head) if key.seconds >= 0]
        if later := [key.seconds for key in keys if key.seconds > kinds_until]:
            kinds |= await self._kinds(header, later[0], later[-1])
        return Edges(
            merged([shown_ticks(head, until), shown_ticks(tail)]),
            None if is_jumping else end,
            None if length == seconds else length,
            self._whole(keys, kinds),
            max((kind or 0 for kind in kinds.values()), default=0),
            early=self._early(packets, header),
            delay=longest_delay(packets),
            hides_packets=any(packet.is_discarded for packet in head),
            is_hidden_start=is_start_hidden(head),
            is_jumping=is_jumping,
            picture_bytes=mean_bytes(packets),
            is_whole=is_whole,
        )

    async def _at_the_edges(
        self, header: Header, seconds: Fraction | None
    ) -> tuple[list[Packet], bool]:
        """Return the packets at both edges of a file that lasts for `seconds`, and if it is all."""
        start = header.file_start + header.video_start
        spans, last = f"%{_written(start + _EDGE)}", header.file_start + (seconds or 0)
        is_whole = seconds is not None and last - start <= 2 * _EDGE
        if seconds is not None:
            spans = "%" if is_whole else f"{spans},{_written(last - _EDGE)}%"
        return await self._packets(header, spans), is_whole

    async def _length(self, header: Header, seconds: Fraction) -> Fraction:
        """Return how long a file is whose pictures end before the `seconds` in its header.

        Others of its streams may end there. But some programs count the length from zero, even if
        the first timestamp is greater, and of a file that was cut off, the end is missing. The
        header is believed where that cannot be read, as where hours of audio follow the pictures.
        """
        try:
            document = await self._ask(
                *("-read_intervals", f"{_written(seconds - _EDGE)}%"),
                *("-show_entries", "packet=pts_time,duration_time"),
            )
            ends = [
                Fraction(packet["pts_time"]) + Fraction(packet.get("duration_time", 0))
                for packet in document.get("packets", ())
                if "pts_time" in packet
            ]
        except (MediaError, ValueError):
            return seconds
        length = max(ends) - header.file_start if ends else seconds
        return length if 0 < length < seconds - _TOO_EARLY else seconds

    def _early(self, packets: list[Packet], header: Header) -> Fraction:
        if has_times(self.info) or not packets:
            return Fraction(0)
        first = min(packet.shown_at for packet in packets)
        return max(first - header.video_start, Fraction(0))

    async def _last_end(self, header: Header) -> Fraction | None:
        try:
            ticks = await self._in_worker(last_end)
        except MediaError:  # the out point must be given
            return None
        return None if ticks is None else header.moment(ticks)

    async def cut_places(self, header: Header, start: Fraction, end: Fraction) -> CutPlaces:
        """Return the places between two times."""
        first, last = (_written(moment + header.file_start) for moment in (start, end))
        packets = await self._packets(header, f"{first}%{last}" if start else f"%{last}")
        until = end - _AT_THE_EDGE
        keys = [key for key in key_frames(packets) if 0 <= key.seconds < until]
        # The first one may be long before the start.
        kinds = await self._kinds(header, keys[0].seconds, keys[-1].seconds) if keys else {}
        return CutPlaces(
            self._whole(keys, kinds),
            tuple(place for place in clean_ends(packets) if 0 <= place.seconds < until),
            shown_ticks(packets, until),
        )

    async def all_pictures(self) -> AllPictures:
        """Return the pictures that the index of an MP4 or MOV file lists, without its packets."""
        first = next((one for one in self.info.video if not one.attached_picture), None)
        if not self.info.container.startswith("mov") or first != self.video:
            return AllPictures(None)
        try:
            listed = await run_on_disk_thread(
                read_pictures, Path(self.path), timeout_seconds=self.timeout_seconds
            )
        except (OSError, TimeoutError):  # what is wrong with it is known once it is opened
            return AllPictures(None)
        if listed is None or listed.is_shifted:
            return AllPictures(None)
        return AllPictures(
            await in_thread(lambda: array("q", sorted(t for t, _ in listed.pictures)))
        )

    async def _kinds(
        self, header: Header, start: Fraction, end: Fraction
    ) -> dict[Fraction, int | None]:
        """Return the kinds of the key frames of H.264 between two times; see `key_kinds`."""
        if self.video.codec != _CODEC_WITH_IDR:
            return {}
        first, last = (int((at + header.file_start) / header.time_base) for at in (start, end))
        try:
            found = await self._in_worker(key_kinds, first, last)
        except MediaError:  # ffprobe could read it: only smart cuts need to know, and encode more
            found = []
        # Where timestamps start anew, the first of two at the same time is meant.
        return {header.moment(ticks): kind for ticks, kind in reversed(found)}

    def _whole(
        self, keys: list[KeyFrame], kinds: dict[Fraction, int | None]
    ) -> tuple[KeyFrame, ...]:
        """Return the key frames that are whole at once."""
        if self.video.codec != _CODEC_WITH_IDR:
            return tuple(keys)
        return tuple(
            replace(key, is_idr=kinds.get(key.seconds, 0) is None)
            for key in keys
            if not kinds.get(key.seconds, 0)
        )

    async def _in_worker(self, function: Callable[..., T], *arguments: object) -> T:
        return await run_on_file(
            self.workers,
            function,
            self.path,
            self.video.index,
            *arguments,
            timeout_seconds=self.timeout_seconds,
        )

    async def _packets(self, header: Header, interval: str) -> list[Packet]:
        document = await self._ask(
            *("-select_streams", str(self.video.index), "-read_intervals", interval),
            *("-show_entries", PACKET_ENTRIES),
        )
        try:
            return parse_packets(document, header)
        except ValueError as error:
            raise ProbeCrashedError(self.path, _malformed_output()) from error

    async def _ask(self, *options: str) -> dict[str, Any]:
        argv: list[str | bytes | Path] = [
            self.ffprobe,
            *("-v", "error", *_OPENING, *input_options(self.info), "-print_format", "json"),
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


def _written(seconds: Fraction) -> str:
    return f"{float(seconds):.6f}"


def _malformed_output() -> str:
    return reasons.crashed(_PROGRAM, "printed what is not a description of packets")
