"""An estimate of the size of encoded pictures: from the files they come from, or from samples."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.assembly import Assembly, Segment
from stoat_ferret.render.plan.excerpt import Excerpt, even_rate, frame_at, main_video
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.render.plan.video.encoders import VideoEncoding
    from stoat_ferret.render.plan.video.framing import Size

_NEEDS = {
    "mpeg1video": 2.5,
    "mpeg2video": 2.2,
    "mpeg4": 1.5,
    "msmpeg4v3": 1.5,
    "h264": 1.0,
    "vp8": 1.1,
    "hevc": 0.65,
    "vp9": 0.7,
    "av1": 0.55,
}
"""The bits for pictures of the same quality, relative to H.264."""
_LEVELS = {"h264": 23, "hevc": 25, "vp9": 33, "av1": 35}
"""The CRF at which an encoder makes pictures of the quality that files usually have."""
_HALVING = {"h264": 6, "hevc": 6, "vp9": 11, "av1": 11}
"""The steps of CRF that halve the bits."""
_MOST_BITS, _LEAST_BITS = 3.0, 0.003
"""The bits for a pixel of noise and of a still, flat picture, in H.264 of the usual quality."""
_ULTRAFAST = 2.0
"""The bits that x264 takes with its fastest preset, relative to the others."""
_INTRA = {"prores": (11.6, 0.675, 5.5), "ffv1": (6.1, 0.6, 10.0)}
"""The bits for a pixel of codecs without prediction from other pictures, as measured: a factor and
an exponent of those in H.264, and the most."""
_SCALING = 0.8
"""The exponent by which bits grow with the number of pixels: large pictures are smoother."""
_SOUND, _LOSSLESS_SOUND = 70_000, 600_000
_FRAME_OVERHEAD = 100
"""The bits that a container takes for a picture."""
_LOSSLESS = ("pcm", "flac", "alac", "truehd", "mlp")
_KEY_SECONDS = 5
_SIZE = 4
"""The place of the size in a line of the muxer framecrc."""
_SAMPLES = 3
_SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class SizeSample:
    """Commands that each encode a few pictures of the result and print their packets.

    The result has `frames`, of which at least `key_frames` are encoded by themselves, and takes
    `other_bytes` beside what is sampled: the pictures, and the sound if it is in the samples.
    `estimated_bytes` is the estimate without them.
    """

    commands: tuple[tuple[str, ...], ...]
    frames: int
    key_frames: int
    other_bytes: int
    estimated_bytes: int

    def estimate(self, printed: Sequence[str]) -> int | None:
        """Return the bytes of the result from the output of the commands; None if it is empty."""
        keys: list[int] = []
        others: list[int] = []
        sound = 0
        for line in (line for text in printed for line in text.splitlines()):
            fields = [field.strip() for field in line.split(",")]
            if line.startswith("#") or len(fields) <= _SIZE:
                continue
            size = int(fields[_SIZE])
            if fields[0] != "0":
                sound += size
            else:
                is_key = not any(field.startswith("F=") for field in fields)
                (keys if is_key else others).append(size)
        if not keys:
            return None
        count = min(self.key_frames, self.frames) if others else self.frames
        pictures = count * sum(keys) / len(keys)
        pictures += (self.frames - count) * sum(others) / max(len(others), 1)
        sound = sound * self.frames // (len(keys) + len(others))
        return int(pictures) + sound + self.other_bytes


def estimated_pictures(assembly: Assembly, size: Size, encoding: VideoEncoding) -> int:
    """Estimate the bytes of the pictures of `assembly` from the bit rates of its files."""
    bits = 0.0
    for segment in assembly.segments:
        frames = segment.frames - segment.shared_frames
        bits += frames * size.area * _bits_a_pixel(segment, size, encoding)
    return int(bits / 8)


def key_frames(assembly: Assembly) -> int:
    """Estimate the number of pictures encoded by themselves: at cuts, and every few seconds."""
    cuts = sum(not segment.shared_frames for segment in assembly.segments)
    return max(cuts, int(assembly.seconds / _KEY_SECONDS) + 1)


def sampled(assembly: Assembly) -> list[Assembly]:
    """Return some short, plain pieces of the clips of `assembly`, spread evenly."""
    clips = list(assembly.clips())
    total = sum(segment.frames for segment, _, _ in clips)
    frames = max(round(assembly.rate * _SAMPLE_SECONDS), 4)
    found = []
    for number in range(_SAMPLES):
        place = total * (2 * number + 1) // (2 * _SAMPLES)
        for segment, clip, part in clips:
            if place < segment.frames:
                found.append(_sample(segment, clip, part, place, frames))
                break
            place -= segment.frames
    return [Assembly((one,), (), assembly.rate) for one in found]


def _sample(segment: Segment, clip: Clip, part: Excerpt, place: int, frames: int) -> Segment:
    count = min(frames, segment.frames)
    place = min(place, segment.frames - count)
    length = part.length / segment.frames
    start = frame_at(part.source, part.start + place * length)
    piece = replace(part, start=start, end=start + count * length)
    changes = {"fade_in_seconds": 0, "fade_out_seconds": 0, "transition": None, "effects": ()}
    plain = clip.model_copy(update=changes)
    return Segment(plain, piece, count, 0, segment.rate)


def _bits_a_pixel(segment: Segment, size: Size, encoding: VideoEncoding) -> float:
    codec, level = encoding.codec, encoding.level
    own = max(_own_bits(segment, size), _LEAST_BITS)
    if "ultrafast" in encoding.arguments and codec == "h264":
        own *= _ULTRAFAST
    own = min(own, _MOST_BITS)
    if codec in _INTRA:
        factor, exponent, most = _INTRA[codec]
        return min(factor * math.pow(own, exponent), most)
    usual = _LEVELS[codec]
    return (
        own
        * _NEEDS[codec]
        * math.exp2((usual - (usual if level is None else level)) / _HALVING[codec])
    )


def _own_bits(segment: Segment, size: Size) -> float:
    """Return the bits that the file of a segment has for a pixel of the result, as in H.264."""
    part, clip = segment.excerpt, segment.piece
    if part is None or not isinstance(clip, Clip):
        return 0.0
    video = main_video(part.source, clip.video_id)
    rate = float(even_rate(part.source) or segment.rate)
    area = video.width * video.height
    own = _picture_rate(part) / rate / area / _NEEDS.get(video.codec, 1.0)
    # Pictures that are shown twice are free, and those that are left out take some bits along.
    own *= math.sqrt(min(rate * clip.speed / float(segment.rate), 1.0))
    return own * math.pow(area / size.area, 1 - _SCALING)


def _picture_rate(part: Excerpt) -> float:
    """Return the bits a second of the pictures of a file."""
    info = part.source.info
    seconds = info.duration_seconds or float(part.end) or 1.0
    whole = info.size_bytes * 8 / seconds
    sound = sum(
        stream.channels * (_LOSSLESS_SOUND if stream.codec.startswith(_LOSSLESS) else _SOUND)
        for stream in info.audio
    )
    return max(whole - sound - _FRAME_OVERHEAD * float(even_rate(part.source) or 0), whole / 50)
