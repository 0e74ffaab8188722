"""An estimate of the size of encoded pictures from the files they come from, and their samples."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.assembly import Assembly, Segment
from stoat_ferret.render.plan.excerpt import Excerpt, even_rate, frame_at, main_video
from stoat_ferret.render.plan.source_rates import picture_rate
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
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
_MOST_BITS, _LEAST_BITS = 3.0, 0.0004
"""The bits for a pixel of noise and of a still, flat picture, in H.264 of the usual quality."""
_LEAST_INTRA_BITS = 0.002
_PICTURE_BITS = 120
"""The bits for a picture that is like the one before."""
_ULTRAFAST = 2.0
"""The bits that x264 takes with its fastest preset, relative to the others."""
_INTRA = {"prores": (11.6, 0.675, 5.5), "ffv1": (6.1, 0.6, 10.0)}
"""The bits for a pixel of codecs without prediction from other pictures, as measured: a factor and
an exponent of those in H.264, and the most."""
_SCALING = 0.8
"""The exponent by which bits grow with the number of pixels: large pictures are smoother."""
_KEY_SECONDS = 5
_SAMPLES = 3
_SAMPLE_SECONDS = 0.5
_IMAGE_BITS = {
    "png": (24.0, 0.6),
    "jpg": (4.2, 0.95),
    "webp": (2.1, 0.95),
    "gif": (8.5, 0.55),
    "animated webp": (3.4, 1.6),
}
"""The bits for a pixel of images, as measured: the most, and the bits in H.264 for half of that."""
_FLAT_IMAGE_BITS = {"png": 0.06, "jpg": 0.13, "webp": 0.02}
"""The bits for a pixel of a flat image."""
_UNCHANGED_BITS = 200
"""The bits for a picture of a file that show nothing."""


def estimated_pictures(assembly: Assembly, size: Size, encoding: VideoEncoding) -> int:
    """Estimate the bytes of the pictures of `assembly` from the bit rates of its files."""
    bits = 0.0
    for segment in assembly.segments:
        frames = segment.frames - segment.shared_frames
        bits += frames * (size.area * _bits_a_pixel(segment, size, encoding) + _PICTURE_BITS)
    return int(bits / 8)


def estimated_image(assembly: Assembly, size: Size, kind: str) -> int:
    """Estimate the bytes of one of the images of `assembly`, from the bit rates of its files."""
    most, half = _IMAGE_BITS[kind]
    bits = frames = 0.0
    for segment, _, _ in assembly.clips():
        own = max(_own_bits(segment, size) - _UNCHANGED_BITS / size.area, 0)
        bits += segment.frames * (_FLAT_IMAGE_BITS.get(kind, 0) + most * own / (own + half))
        frames += segment.frames
    return int(size.area * bits / max(frames, 1) / 8)


def key_frames(assembly: Assembly) -> int:
    """Estimate the number of pictures encoded by themselves: at cuts, and every few seconds."""
    cuts = sum(not segment.shared_frames for segment in assembly.segments)
    return max(cuts, int(assembly.seconds / _KEY_SECONDS) + 1)


def sampled(assembly: Assembly, *, longer: int = 1, frames: int | None = None) -> list[Assembly]:
    """Return some short, plain pieces of the clips of `assembly`, spread evenly.

    They have `frames` frames, or last half a second, or that `longer` by a factor.
    """
    clips = list(assembly.clips())
    total = sum(segment.frames for segment, _, _ in clips)
    count = max(round(assembly.rate * _SAMPLE_SECONDS), 4)
    found = []
    for number in range(_SAMPLES):
        place = total * (2 * number + 1) // (2 * _SAMPLES)
        for segment, clip, part in clips:
            if place < segment.frames:
                place = max(min(place, segment.frames - count), 0)
                wanted = frames or count * longer
                found.append(_sample(segment, clip, part, place, wanted))
                break
            place -= segment.frames
    return [Assembly((one,), (), assembly.rate) for one in found]


def _sample(segment: Segment, clip: Clip, part: Excerpt, place: int, frames: int) -> Segment:
    count = min(frames, segment.frames - place)
    length = part.length / segment.frames
    start = frame_at(part.source, part.start + place * length)
    piece = replace(part, start=start, end=start + count * length)
    changes = {"fade_in_seconds": 0, "fade_out_seconds": 0, "transition": None, "effects": ()}
    plain = clip.model_copy(update=changes)
    return Segment(plain, piece, count, 0, segment.rate)


def _bits_a_pixel(segment: Segment, size: Size, encoding: VideoEncoding) -> float:
    codec, level = encoding.codec, encoding.level
    own = _own_bits(segment, size)
    if "ultrafast" in encoding.arguments and codec == "h264":
        own *= _ULTRAFAST
    if codec in _INTRA:
        factor, exponent, most = _INTRA[codec]
        own = min(max(own, _LEAST_INTRA_BITS), _MOST_BITS)
        return min(factor * math.pow(own, exponent), most)
    own = min(max(own, _LEAST_BITS), _MOST_BITS)
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
    own = picture_rate(part) / rate / area / _NEEDS.get(video.codec, 1.0)
    # Pictures that are shown twice are free, and those that are left out take some bits along.
    own *= math.sqrt(min(rate * clip.speed / float(segment.rate), 1.0))
    return own * math.pow(area / size.area, 1 - _SCALING)
