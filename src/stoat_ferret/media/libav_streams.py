"""The facts of the streams of an open file, in the form of `MediaInfo`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import av
from av.stream import Disposition

from stoat_ferret.media import stream_facts
from stoat_ferret.media.frames import SideDataType, side_data
from stoat_ferret.media.limits import DECODER_OPTIONS, FIRST_PACKETS
from stoat_ferret.media.stream_facts import VideoTraits

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream
    from av.subtitles.stream import SubtitleStream
    from av.video.stream import VideoStream

    from stoat_ferret.media.libav_dump import StreamDescription

Facts = dict[str, Any]

_COVER, _DEFAULT = Disposition.attached_pic.value, Disposition.default.value
_FORCED = Disposition.forced.value
_STILL = (Disposition.still_image | Disposition.timed_thumbnails).value


def video_facts(container: InputContainer, stream: VideoStream, text: StreamDescription) -> Facts:
    """Return the facts of a video stream, moving or not; may decode its first picture."""
    context = _context(stream)
    width, height = (context.width, context.height) if context else text.size
    pixel_format = _value(context, "pix_fmt")
    transfer = stream_facts.COLOR_TRANSFERS.get(_value(context, "color_trc"))
    rotation = stream_facts.clockwise_rotation(text.rotation)
    shown = stream_facts.displayed_size(width, height, stream.sample_aspect_ratio, rotation)
    rate = stream.average_rate
    traits = video_traits(stream)
    return {
        "index": stream.index,
        "codec": _codec_name(stream, text),
        "profile": _value(context, "profile"),
        "level": stream_facts.known_level(_value(context, "level")),
        "coded_width": width,
        "coded_height": height,
        "width": shown[0],
        "height": shown[1],
        "rotation": rotation,
        "pixel_format": pixel_format,
        "bit_depth": stream_facts.bit_depth(pixel_format),
        "color_primaries": stream_facts.COLOR_PRIMARIES.get(_value(context, "color_primaries")),
        "color_transfer": transfer,
        "color_space": stream_facts.COLOR_SPACES.get(_value(context, "colorspace")),
        "hdr": None if traits.is_cover else _hdr(container, stream, text, transfer),
        "frame_rate": f"{rate.numerator}/{rate.denominator}" if rate else None,
        "field_order": stream_facts.FIELD_ORDERS.get(_value(context, "field_order")),
        "attached_picture": traits.is_cover,
        "still": traits.is_still,
        "default": traits.is_default,
        "language": stream_facts.known_language(stream.metadata),
    }


def is_seen(stream: VideoStream) -> bool:
    """Return whether something of a video stream could be decoded when its file was opened."""
    context = _context(stream)
    return context is not None and context.width > 0 and _value(context, "pix_fmt") is not None


def video_traits(stream: VideoStream) -> VideoTraits:
    """Return the traits that decide whether a stream is the video of its file."""
    set_ones = stream.disposition.value  # far quicker than sets of flags
    return VideoTraits(
        stream.index,
        is_cover=bool(set_ones & _COVER),
        is_still=bool(set_ones & _STILL)
        or stream_facts.is_still(stream.frames, stream.metadata, stream.average_rate),
        is_seen=is_seen(stream),
        is_default=bool(set_ones & _DEFAULT),
    )


def videos_in_order(container: InputContainer) -> list[VideoStream]:
    """Return the video streams of an open file, the best first; see `stream_facts.rank`."""
    streams = container.streams.video
    return sorted(streams, key=lambda stream: stream_facts.rank(video_traits(stream)))


def audio_facts(stream: AudioStream, text: StreamDescription) -> Facts:
    """Return the facts of an audio stream."""
    context = _context(stream)
    layout = context.layout if context else None
    return {
        "index": stream.index,
        "codec": _codec_name(stream, text),
        "channels": layout.nb_channels if layout else text.channels,
        "layout": stream_facts.named_layout(layout.name if layout else text.layout),
        "sample_rate": context.sample_rate if context else text.sample_rate,
        "language": stream_facts.known_language(stream.metadata),
        "title": stream_facts.tag(stream.metadata, "title"),
    }


def subtitle_facts(stream: SubtitleStream, text: StreamDescription) -> Facts:
    """Return the facts of a subtitle stream."""
    return {
        "index": stream.index,
        "codec": _codec_name(stream, text),
        "language": stream_facts.known_language(stream.metadata),
        "title": stream_facts.tag(stream.metadata, "title"),
        "default": bool(stream.disposition.value & _DEFAULT),
        "forced": bool(stream.disposition.value & _FORCED),
    }


def _context(stream: Stream) -> Any:
    """Return the decoder's context; None without a decoder, unlike PyAV's stubs say."""
    return stream.codec_context


def _value(context: Any, name: str) -> Any:
    return getattr(context, name, None)


def _codec_name(stream: Stream, text: StreamDescription) -> str:
    context = _context(stream)
    return context.codec.canonical_name if context else text.codec


def _hdr(
    container: InputContainer, stream: VideoStream, text: StreamDescription, transfer: str | None
) -> str | None:
    # Only if it makes a difference: it requires decoding a picture.
    undecided = transfer == stream_facts.PQ and not text.dolby_vision
    dynamic = undecided and _first_picture_has_dynamic_metadata(container, stream)
    return stream_facts.hdr_kind(transfer, dolby_vision=text.dolby_vision, hdr10_plus=dynamic)


def _first_picture_has_dynamic_metadata(container: InputContainer, stream: VideoStream) -> bool:
    """Return whether the first key frame carries SMPTE ST 2094-40 metadata (HDR10+)."""
    if _context(stream) is None:
        return False
    context = stream.codec_context
    context.thread_count = 1  # starting threads costs more than decoding one picture
    context.options = DECODER_OPTIONS
    context.skip_frame = "NONKEY"
    # A picture that cannot be decoded does not affect the facts that are known.
    with suppress(av.FFmpegError):
        for number, packet in enumerate(container.demux(stream)):
            last = number >= FIRST_PACKETS
            for frame in _decoded(context, None if last else packet):
                return any(part.type is SideDataType.DYNAMIC_HDR_PLUS for part in side_data(frame))
            if last:
                break
    return False


def _decoded(context: Any, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
    try:
        frames: list[VideoFrame] = context.decode(packet)
    except av.FFmpegError:  # a damaged picture before an intact one
        return []
    return frames
