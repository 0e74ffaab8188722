"""The bit rates of the pictures and of the sound in a file, as far as it tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.plan.excerpt import audio_stream, even_rate
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import AudioStream
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Source

_SOUND, _LOSSLESS_SOUND = 70_000, 600_000
"""The bits a second of a channel, where the file does not tell."""
_LOSSLESS = ("pcm", "flac", "alac", "truehd", "mlp")
_FRAME_OVERHEAD = 100
"""The bits that a container takes for a picture."""
_LEAST_SHARE = 50
_SOUND_OVERHEAD = 3_000
"""The bits that a container takes for a second of audio."""
_SILENCE = 3_000
_QUIET, _FULL = 16_000, 32_000
"""The bits a second of a channel up to which most of it is silence, and from which on an encoder
takes all it may."""
_ENCODED_AGAIN, _UNPACKED = 1.6, 6
"""The bits for one that mostly silent audio had, encoded again and without loss."""


def picture_rate(part: Excerpt) -> float:
    """Return the bits a second of the pictures of a file."""
    source = part.source
    known = _known_picture_rate(source)
    if known is not None:
        return known
    whole = _whole_rate(source, float(part.end))
    sound = sum(_usual(stream) for stream in source.info.audio)
    return max(whole - sound - _FRAME_OVERHEAD * _rate(source), whole / _LEAST_SHARE)


def sound_share(assembly: Assembly, most: float, *, is_lossless: bool) -> float:
    """Return the share of `most` bits a second that an encoder takes for the sound of `assembly`.

    Silence takes little, and so do gaps. Sounds that are mixed in may be anything.
    """
    if assembly.sounds or not assembly.frames:
        return 1.0
    taken = 0.0
    for segment in assembly.segments:
        rate, channels = 0.0, 1
        part, clip = segment.excerpt, segment.piece
        if part is not None and segment.has_sound and isinstance(clip, Clip):
            stream = audio_stream(clip, part.source)
            if stream is not None:
                rate = _sound_rate(part.source, stream, float(part.end))
                channels = max(stream.channels, 1)
        share = _taken(rate, channels, most, is_lossless=is_lossless)
        taken += (segment.frames - segment.shared_frames) * share
    return taken / assembly.frames


def _taken(rate: float, channels: int, most: float, *, is_lossless: bool) -> float:
    """Return the share of `most` bits a second for audio that had `rate`."""
    full = min(max(rate / channels - _QUIET, 0) / (_FULL - _QUIET), 1.0)
    again = _UNPACKED if is_lossless else _ENCODED_AGAIN
    quiet = min(max(rate * again, _SILENCE) / most, 1.0)
    return full + (1 - full) * quiet


def _sound_rate(source: Source, stream: AudioStream, end: float) -> float:
    """Return the bits a second of an audio stream."""
    header = source.timing.streams.get(stream.index)
    if header and header.bit_rate:
        return header.bit_rate
    pictures = _known_picture_rate(source)
    if pictures is None:
        return min(_usual(stream), _whole_rate(source, end))
    streams = source.info.audio
    others = _whole_rate(source, end) - pictures - _FRAME_OVERHEAD * _rate(source)
    others -= _SOUND_OVERHEAD * len(streams)
    share = max(stream.channels, 1) / max(sum(one.channels for one in streams), 1)
    return max(others, 0) * share


def _known_picture_rate(source: Source) -> float | None:
    video, timing = source.info.main_video, source.timing
    if video is None:
        return 0.0
    header = timing.streams.get(video.index)
    if header and header.bit_rate:
        return float(header.bit_rate)
    if timing.picture_bytes is None:
        return None
    # Pictures at both ends may be titles, but a file that is mostly sound has no others.
    usual = sum(_usual(stream) for stream in source.info.audio)
    is_mostly_sound = _whole_rate(source, float(timing.video_end or 0)) < 2 * usual
    is_known = timing.is_whole or is_mostly_sound
    return timing.picture_bytes * 8 * _rate(source) if is_known else None


def _whole_rate(source: Source, end: float) -> float:
    """Return the bits a second of all packets of a file."""
    info = source.info
    outside = sum(header.header_bytes for header in source.timing.streams.values())
    packets = max(info.size_bytes - outside, info.size_bytes / _LEAST_SHARE)
    return packets * 8 / (info.duration_seconds or end or 1.0)


def _usual(stream: AudioStream) -> float:
    is_lossless = stream.codec.startswith(_LOSSLESS)
    return stream.channels * (_LOSSLESS_SOUND if is_lossless else _SOUND)


def _rate(source: Source) -> float:
    return float(even_rate(source) or 0)
