"""The timestamps in the header of a file, as ffprobe prints them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stoat_ferret.media.stream_facts import stated_seconds, states_ends
from stoat_ferret.render.plan.source import StreamHeader

if TYPE_CHECKING:
    from stoat_ferret.render.plan.video.hdr_metadata import HdrMetadata

HEADER_ENTRIES = (
    "format=start_time,duration,format_name:stream=index,start_time,duration,time_base"
    ",r_frame_rate,avg_frame_rate"
    ",codec_type,codec_name,codec_tag_string,bit_rate,extradata_size:stream_disposition:stream_side_data=side_data_type"
    ":stream_tags=enc_key_id,alpha_mode,ALPHA_MODE,title,name,NAME,timecode,TIMECODE,filename"
    ",mimetype,BPS,BPS-eng,DURATION,DURATION-eng"
)
"""The entries to show of a file, as an option of ffprobe."""
_UNEVEN = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Header:
    """The timestamps in the header of a file, in seconds, and the metadata of its first pictures.

    `starts` are those of the streams by their indexes, from `file_start`. `rates` are the frame
    rates that it states, right or not. `duration` is None if it is not stated. `streams` are the
    headers of all streams by their indexes.
    """

    file_start: Fraction
    starts: dict[int, Fraction]
    video_start: Fraction
    time_base: Fraction
    is_variable: bool
    is_encrypted: bool = False
    rates: frozenset[Fraction] = frozenset()
    duration: Fraction | None = None
    streams: dict[int, StreamHeader] = field(default_factory=dict)
    has_alpha_channel: bool = False
    hdr_metadata: HdrMetadata | None = None

    @property
    def count(self) -> int:
        """The number of facts that it contains."""
        return 7 + len(self.starts) + len(self.streams)

    def moment(self, ticks: int) -> Fraction:
        """Return a time of the video in seconds from the start of the file."""
        return ticks * self.time_base - self.file_start


def parse_header(document: dict[str, Any], number: int) -> Header:
    """Parse ffprobe's description of streams; `number` is the index of the video stream.

    Raises `ValueError` for any other document.
    """
    try:
        streams = {int(stream["index"]): stream for stream in document["streams"]}
        form = document.get("format", {})
        file_start = _number(form.get("start_time"))
        # Packets before the start of the file are only there for decoders.
        starts = {
            index: max(_number(stream.get("start_time"), file_start) - file_start, Fraction(0))
            for index, stream in streams.items()
        }
        video = streams[number]
        rates = (_rate(video.get(name)) for name in ("r_frame_rate", "avg_frame_rate"))
        return Header(
            file_start=file_start,
            starts=starts,
            video_start=starts[number],
            time_base=Fraction(video["time_base"]),
            is_variable=_is_variable(video),
            is_encrypted=_is_encrypted(video),
            rates=frozenset(rate for rate in rates if rate),
            duration=_number(form.get("duration")) or None,
            streams={
                index: _stream_header(stream, _end_of(stream, form))
                for index, stream in streams.items()
            },
            has_alpha_channel=_has_alpha_channel(video),
        )
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ValueError("no description of a stream") from error


def _stream_header(stream: dict[str, Any], end: Fraction | None) -> StreamHeader:
    tags = {name.lower(): str(value) for name, value in stream.get("tags", {}).items()}
    return StreamHeader(
        kind=str(stream.get("codec_type")),
        codec=stream.get("codec_name"),
        tag=stream.get("codec_tag_string"),
        dispositions=tuple(
            name for name, is_set in stream.get("disposition", {}).items() if is_set
        ),
        title=tags.get("title") or tags.get("name"),
        time_code=tags.get("timecode"),
        file_name=tags.get("filename"),
        mime_type=tags.get("mimetype"),
        has_statistics="bps" in tags or "bps-eng" in tags,
        end=end,
        bit_rate=_bits(stream.get("bit_rate"))
        or _bits(tags.get("bps"))
        or _bits(tags.get("bps-eng")),
        header_bytes=_bits(stream.get("extradata_size")) or 0,
    )


def _end_of(stream: dict[str, Any], form: dict[str, Any]) -> Fraction | None:
    """Return the end of a stream in seconds from the start of the file, if that is stated."""
    if not states_ends(str(form.get("format_name"))):
        return None
    stated = stated_seconds(stream.get("tags", {}))
    if "duration" in stream:
        end = _number(stream.get("start_time")) + _number(stream["duration"])
    elif stated is not None:
        end = Fraction(repr(stated))
    else:
        return None
    return end - _number(form.get("start_time"))


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


def _has_alpha_channel(stream: dict[str, Any]) -> bool:
    tags = {name.lower(): value for name, value in stream.get("tags", {}).items()}
    return str(tags.get("alpha_mode")) == "1"


def _rate(value: Any) -> Fraction | None:
    try:
        return Fraction(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def _bits(value: Any) -> int | None:
    try:
        return max(int(value), 0)
    except (TypeError, ValueError):
        return None


def _number(value: Any, otherwise: Fraction = Fraction(0)) -> Fraction:
    try:
        return Fraction(value)
    except (TypeError, ValueError):
        return otherwise
