"""A limit on the size of a result: the bit rates that reach it, and their correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import SAMPLE_RATE
from stoat_ferret.render.plan.source_rates import sound_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from fractions import Fraction

    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.video.framing import Size

RATE = "video-rate"
"""The placeholder for the bit rate of the pictures, in bits a second."""
LEAST_SHARE = 0.9
"""The share of the limit to use, unless the pictures need less."""
_AIM = 0.965
"""The share to aim at: an encoder misses its bit rate by some percent."""
_UNCOMPRESSED_BITS = {"pcm_s24le": 24.0, "pcm_s16le": 16.0}
_LOSSLESS_BITS = {**_UNCOMPRESSED_BITS, "flac": 12.0, "alac": 12.0}
_LEAST_SOUND, _SOUND_SHARE = 32_000, 0.2
_LEAST_BITS = 0.005
"""The bits for a pixel below which no encoder gets."""
_LEAST_RATE = 2_000
_FIXED_BYTES, _FRAME_BYTES, _PACKET_BYTES, _PACKETS = 3_000, 16, 12, 50
"""The bytes that no container exceeds. Likely are:"""
_LIKELY_FIXED_BYTES, _LIKELY_FRAME_BYTES, _LIKELY_PACKET_BYTES = 1_500, 12, 7
_MOST_TRIES = 5
_SATURATED = 0.75
"""The share of their bit rate below which pictures need no more."""
_MOST_GROWTH = 1.5
_GROWN = 1.02


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """The most bytes of `file`, in which all but the pictures takes about `other_bytes`.

    Rates are in bits a second; `least_rate` is the lowest that an encoder keeps to.
    """

    max_bytes: int
    other_bytes: int
    seconds: float
    least_rate: int
    file: str

    @property
    def first_rate(self) -> int:
        """The bit rate of the pictures to begin with."""
        return self._rate(self._aim - self.other_bytes)

    @property
    def is_possible(self) -> bool:
        """Whether an encoder can make so few bytes of so many pictures."""
        return self.first_rate >= self.least_rate

    def next_rate(self, tries: Sequence[tuple[int, int]]) -> int | None:
        """Return the bit rate of the next try; None if the best of the `tries` is good enough.

        Each is a bit rate, and the size of the file that it led to. Raises `RenderRefusedError` if
        the file cannot be made small enough.
        """
        rate, size = tries[-1]
        fits = [one for one in tries if one[1] <= self.max_bytes]
        if len(tries) >= _MOST_TRIES or (fits and not self._is_worth_another(tries)):
            if not fits:
                raise self._refusal(min(size for _, size in tries))
            return None
        pictures = max(size - self.other_bytes, size / 2)
        chosen = rate * max(self._aim - (size - pictures), 0) / pictures
        chosen = min(chosen, rate * (_MOST_GROWTH if size <= self.max_bytes else 0.97))
        above = min((one[0] for one in tries if one[1] > self.max_bytes), default=None)
        below = max((one[0] for one in fits), default=None)
        if above is not None and below is not None and not below < chosen < above:
            chosen = (above + below) / 2
        if chosen < self.least_rate:
            if rate <= self.least_rate:
                raise self._refusal(size)
            chosen = self.least_rate
        return int(chosen)

    def _is_worth_another(self, tries: Sequence[tuple[int, int]]) -> bool:
        """Return whether a higher rate may lead to a larger file that still fits."""
        fits = sorted(one for one in tries if one[1] <= self.max_bytes)
        rate, best = max(fits, key=lambda one: one[1])
        if best >= LEAST_SHARE * self.max_bytes:
            return False
        if len(fits) > 1 and best < fits[-2][1] * _GROWN:
            return False
        # What all but the pictures took is only estimated, so the first is judged by all of it.
        other = self.other_bytes if len(fits) > 1 else 0
        return (best - other) * 8 / self.seconds >= _SATURATED * rate

    def _refusal(self, smallest: int) -> RenderRefusedError:
        return RenderRefusedError(
            f"The smallest file that could be made has {smallest:,} bytes, and {self.max_bytes:,} "
            "were allowed. Allow more, or use a smaller picture or shorter clips.",
            field="options.max_bytes",
        )

    @property
    def _aim(self) -> float:
        return self.max_bytes * _AIM

    def _rate(self, picture_bytes: float) -> int:
        return max(int(picture_bytes * 8 / self.seconds), 0)


def sound_rate(max_bytes: int, seconds: Fraction, usual: int, tracks: int) -> int:
    """Return a bit rate for each sound track that leaves the pictures most of the bytes.

    Rates are in bits a second; `usual` is the highest, if there is room.
    """
    whole = max_bytes * 8 / float(seconds)
    return int(min(usual, max(whole * _SOUND_SHARE / tracks, _LEAST_SOUND)))


def checked_limit(max_bytes: int, limit_of: Callable[[int], SizeLimit]) -> SizeLimit:
    """Return `limit_of` these bytes; raise `RenderRefusedError` if they are too few."""
    limit = limit_of(max_bytes)
    if limit.is_possible:
        return limit
    low, high = max_bytes, 2 * max_bytes
    while not limit_of(high).is_possible:
        low, high = high, 2 * high
    while high - low > high / 100:
        middle = (low + high) // 2
        low, high = (low, middle) if limit_of(middle).is_possible else (middle, high)
    raise RenderRefusedError(
        f"{max_bytes:,} bytes are too few for {limit.seconds:.1f} seconds. Use at least {high:,}, "
        "or a smaller picture, or shorter clips.",
        field="options.max_bytes",
    )


def other_bytes(frames: int, seconds: float, tracks: Iterable[tuple[str, int, int]] = ()) -> int:
    """Estimate the bytes of all but the pictures, of which there are `frames` in `seconds`.

    A sound track has a codec, a bit rate unless it is lossless, and a number of channels.
    """
    other = _FIXED_BYTES + frames * _FRAME_BYTES
    for codec, rate, channels in tracks:
        bits = sound_bits(codec, rate, channels)
        other += int(seconds * (bits / 8 + _PACKETS * _PACKET_BYTES))
    return other


def sound_bits(codec: str, rate: int, channels: int) -> float:
    """Return the bits a second of a track; `rate` is that of a codec that is not lossless."""
    lossless = _LOSSLESS_BITS.get(codec)
    return rate if lossless is None else lossless * channels * SAMPLE_RATE


def expected_sound(assembly: Assembly, seconds: float, codec: str, rate: int, channels: int) -> int:
    """Estimate the bytes of a track with the sound of `assembly`; see `sound_bits`."""
    bits = sound_bits(codec, rate, channels)
    if codec not in _UNCOMPRESSED_BITS:
        bits *= sound_share(assembly, bits, is_lossless=codec in _LOSSLESS_BITS)
    return int(seconds * (bits / 8 + _PACKETS * _LIKELY_PACKET_BYTES))


def expected_index(frames: int) -> int:
    """Estimate the bytes of a file with `frames` pictures that are in no packet."""
    return _LIKELY_FIXED_BYTES + frames * _LIKELY_FRAME_BYTES


def least_rate(size: Size, rate: Fraction) -> int:
    """Return the lowest bit rate, in bits a second, that an encoder keeps to at a frame rate."""
    return max(int(size.area * float(rate) * _LEAST_BITS), _LEAST_RATE)
