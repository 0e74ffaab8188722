"""Samples of a result: commands that encode a little of it, and the size that follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from stoat_ferret.render.plan.excerpt import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

PRINTING = ("-f", "framecrc", "-")
"""The arguments that print packets in place of writing a file."""
_STREAM, _DURATION, _SIZE = 0, 3, 4
"""The places of facts in a line of the muxer framecrc."""


class SizeSample(Protocol):
    """Commands that each encode a little of a result and print its packets.

    `estimated_bytes` is the estimate of the whole without them.
    """

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def estimated_bytes(self) -> int: ...
    def estimate(self, printed: Sequence[str]) -> int | None:
        """Return the bytes of the result from the output of the commands; None if it is empty."""


@dataclass(slots=True)
class _Packets:
    """The sizes of the packets of a stream, by whether they are key frames, and their seconds."""

    keys: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def size_bytes(self) -> int:
        return sum(self.keys) + sum(self.others)


def _parse(text: str) -> dict[int, _Packets]:
    """Return the packets of each stream that the muxer framecrc printed."""
    found: dict[int, _Packets] = {}
    bases: dict[int, Fraction] = {}
    for line in text.splitlines():
        if line.startswith("#tb "):
            number, length = line.removeprefix("#tb ").split(":")
            bases[int(number)] = Fraction(length.strip())
        fields = [one.strip() for one in line.split(",")]
        if line.startswith("#") or len(fields) <= _SIZE:
            continue
        stream = int(fields[_STREAM])
        packets = found.setdefault(stream, _Packets())
        is_key = not any(one.startswith("F=") for one in fields)
        (packets.keys if is_key else packets.others).append(int(fields[_SIZE]))
        base = bases.get(stream, Fraction(1, SAMPLE_RATE))
        packets.seconds += float(int(fields[_DURATION]) * base)
    return found


def _sound_bytes(parsed: Sequence[dict[int, _Packets]], seconds: float, first: int) -> int:
    """Return the bytes of `seconds` of all streams from the `first` on."""
    streams = {number for one in parsed for number in one if number >= first}
    whole = 0.0
    for number in streams:
        packets = [one[number] for one in parsed if number in one]
        heard = sum(one.seconds for one in packets)
        whole += sum(one.size_bytes for one in packets) * seconds / heard if heard else 0
    return int(whole)


@dataclass(frozen=True, slots=True)
class VideoSample:
    """A sample of a video: its pictures are stream 0, and its sound the others, if any.

    The result has `frames`, of which at least `key_frames` are encoded by themselves, lasts for
    `seconds`, and takes `other_bytes` beside what is sampled.
    """

    commands: tuple[tuple[str, ...], ...]
    frames: int
    key_frames: int
    seconds: float
    other_bytes: int
    estimated_bytes: int

    def estimate(self, printed: Sequence[str]) -> int | None:
        """Return the bytes of the result."""
        parsed = [_parse(text) for text in printed]
        pictures = [one[0] for one in parsed if 0 in one]
        keys = [size for one in pictures for size in one.keys]
        others = [size for one in pictures for size in one.others]
        if not keys:
            return None
        count = min(self.key_frames, self.frames) if others else self.frames
        size = count * sum(keys) / len(keys)
        size += (self.frames - count) * sum(others) / max(len(others), 1)
        return int(size) + _sound_bytes(parsed, self.seconds, 1) + self.other_bytes


@dataclass(frozen=True, slots=True)
class SoundSample:
    """A sample of a file of sound alone, which lasts for `seconds`."""

    commands: tuple[tuple[str, ...], ...]
    seconds: float
    other_bytes: int
    estimated_bytes: int

    def estimate(self, printed: Sequence[str]) -> int | None:
        """Return the bytes of the result."""
        size = _sound_bytes([_parse(text) for text in printed], self.seconds, 0)
        return size + self.other_bytes if size else None


@dataclass(frozen=True, slots=True)
class AnimationSample:
    """A sample of an animation: its first command encodes one frame, the others `lengths` each."""

    commands: tuple[tuple[str, ...], ...]
    lengths: tuple[int, ...]
    frames: int
    estimated_bytes: int

    def estimate(self, printed: Sequence[str]) -> int | None:
        """Return the bytes of the result; None if nothing is known of frames after the first."""
        sizes = [sum(packets.size_bytes for packets in _parse(text).values()) for text in printed]
        if len(sizes) < 2 or not sizes[0]:
            return None
        first, *longer = sizes
        more = sum(max(size - first, 0) for size in longer)
        following = sum(length - 1 for _, length in zip(longer, self.lengths, strict=False))
        return first + (self.frames - 1) * more // max(following, 1)


@dataclass(frozen=True, slots=True)
class ImageSample:
    """A sample of `count` images, or of one of as many tiles; each has some `other_bytes`."""

    commands: tuple[tuple[str, ...], ...]
    count: int
    other_bytes: int
    estimated_bytes: int

    def estimate(self, printed: Sequence[str]) -> int | None:
        """Return the bytes of all images."""
        sizes = [packets.size_bytes for text in printed for packets in _parse(text).values()]
        if not sizes:
            return None
        return self.count * (sum(sizes) // len(sizes) + self.other_bytes)
