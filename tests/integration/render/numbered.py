"""Clips whose frames show their numbers, with a flash and a beep each second.

The number is in blocks of black and white along the bottom, least significant bit first. The top
is white, and a tone plays, during each frame whose number is a multiple of the rate.
"""

from __future__ import annotations

import hashlib
import math
import shutil
import subprocess
import tempfile
from array import array
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import av.filter
from av.video.reformatter import Interpolation, VideoReformatter
from tests.clips import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer

WIDTH, HEIGHT = 320, 240
SMALL_WIDTH, SMALL_HEIGHT = WIDTH // 2, HEIGHT // 2
"""The size that is enough to read numbers and flashes, in less than half the time."""
BITS = 10
SAMPLE_RATE = 48_000
_GREY, _FLASH = 90, 235
_LOUD = 3000
_BLOCK = SAMPLE_RATE // 100
"""The samples to look at together, for silence is found much faster than a beep."""


def raw_frame(number: int, width: int, *, flash: bool) -> bytes:
    """Return a frame with one byte a pixel."""
    quarter = width * width * HEIGHT // WIDTH // 4
    top = bytes([_FLASH if flash else 30]) * quarter
    block = width // BITS
    bits = b"".join((b"\xeb" if number >> bit & 1 else b"\x10") * block for bit in range(BITS))
    return top + _middle(number % 5, width) + bits * (quarter // width)


@cache
def _middle(shift: int, width: int) -> bytes:
    """Return squares of five shades, which move from frame to frame."""
    shades = [bytes([_GREY + shade * 12]) * 8 for shade in range(5)]
    height = width * HEIGHT // WIDTH
    rows = (
        b"".join(shades[(x + y + shift) % 5] for x in range(width // 8))
        for y in range(height // 4 // 8 + 1, height)
    )
    return b"".join(row * 8 for row in rows)[: width * height // 2]


def make_numbered(
    ffmpeg: Path,
    target: Path,
    *encoding: str,
    frames: int = 50,
    rate: Fraction = Fraction(25),
    sound: bool = True,
    first: int = 0,
    width: int = SMALL_WIDTH,
) -> Path:
    """Write a clip of `frames` frames; the numbers begin with `first`.

    It is encoded once for each user, and copied from then on.
    """
    encoding = encoding or ("-c:v", "libx264", "-preset", "ultrafast", "-g", "12")
    clip = _Clip(encoding, frames, rate, sound, first, width)
    kept = cache_folder() / clip.file_name(ffmpeg, target.suffix)
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
            made = Path(folder) / kept.name
            clip.encode(ffmpeg, made)
            # Two test runs may make the same clip: each is complete, and the last one stays.
            made.replace(kept)
    shutil.copyfile(kept, target)
    return target


@dataclass(frozen=True)
class _Clip:
    """What a numbered clip contains."""

    encoding: tuple[str, ...]
    frames: int
    rate: Fraction
    sound: bool
    first: int
    width: int

    def file_name(self, ffmpeg: Path, suffix: str) -> str:
        """Return a name that changes with the content, with this file, and with ffmpeg."""
        facts = f"{self}{ffmpeg}".encode() + Path(__file__).read_bytes()
        return f"numbered-{hashlib.blake2b(facts, digest_size=8).hexdigest()}{suffix}"

    def encode(self, ffmpeg: Path, target: Path) -> None:
        """Write the clip."""
        every = round(self.rate)
        video, audio = target.with_suffix(".gray"), target.with_suffix(".s16")
        video.write_bytes(
            b"".join(
                raw_frame(number, self.width, flash=number % every == 0)
                for number in range(self.first, self.first + self.frames)
            )
        )
        size = f"{self.width}x{self.width * HEIGHT // WIDTH}"
        inputs = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", size]
        inputs += ["-r", str(self.rate), "-i", str(video)]
        if self.sound:
            audio.write_bytes(_beeps(self.frames, self.rate, every))
            inputs += ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", str(audio)]
        subprocess.run(
            [
                *(str(ffmpeg), "-v", "error", "-nostdin", "-y", *inputs, "-pix_fmt", "yuv420p"),
                *("-c:a", "aac", "-b:a", "96k", *self.encoding, str(target)),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


def decoded(
    ffmpeg: Path, path: Path, width: int = WIDTH, height: int = HEIGHT, *, upright: bool = True
) -> list[bytes]:
    """Decode the frames of a file, one byte a pixel; upright, or as they are stored.

    Libav reads it in this process, which takes a quarter of the time of a process of `ffmpeg`.
    """
    frames, scaler = [], VideoReformatter()
    with av.open(str(path)) as container:
        for frame in pictures_of(container):
            if upright and frame.rotation:
                return _decoded_upright(ffmpeg, path, width, height)
            size, way = (width, height), Interpolation.AREA
            small = scaler.reformat(frame, *size, "gray8", interpolation=way)
            plane = small.planes[0]
            rows, step = memoryview(plane), plane.line_size
            lines = (rows[at : at + width] for at in range(0, step * height, step))
            frames.append(bytes(rows) if step == width else b"".join(lines))
    return frames


def pictures_of(container: InputContainer) -> Iterator[av.VideoFrame]:
    """Yield the frames of the first track of pictures."""
    stream = container.streams.video[0]
    stream.thread_count = 1  # to start threads takes longer than to decode these pictures
    yield from _frames(container, stream)


def _frames(container: InputContainer, stream: Any) -> Iterator[Any]:
    """Yield the frames of a track; like FFmpeg, go on after what is damaged."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.InvalidDataError:
            continue
        with suppress(av.InvalidDataError):
            yield from packet.decode()


def _decoded_upright(ffmpeg: Path, path: Path, width: int, height: int) -> list[bytes]:
    """Return what `decoded` does, of a file whose pictures are stored turned."""
    raw = subprocess.run(
        [
            *(str(ffmpeg), "-v", "error", "-nostdin", "-i", str(path), "-map", "0:v:0"),
            *("-vf", f"scale={width}:{height}:flags=area,format=gray", "-fps_mode", "passthrough"),
            *("-f", "rawvideo", "-"),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout
    size = width * height
    return [raw[start : start + size] for start in range(0, len(raw), size)]


def decoded_small(ffmpeg: Path, path: Path) -> list[bytes]:
    """Decode the frames of a file, for `number_of` and `flashes_of`."""
    return decoded(ffmpeg, path, SMALL_WIDTH, SMALL_HEIGHT)


def numbers(ffmpeg: Path, path: Path) -> list[int]:
    """Return the numbers that the frames of a file show."""
    return [number_of(frame) for frame in decoded_small(ffmpeg, path)]


def number_of(frame: bytes) -> int:
    """Return the number that a frame of any size shows."""
    width = _width_of(frame)
    row = width * (len(frame) // width * 11 // 12)
    block = width // BITS
    places = (row + bit * block + block // 2 for bit in range(BITS))
    return sum((frame[place] > 125) << bit for bit, place in enumerate(places))


def is_lit(frame: bytes) -> bool:
    """Return whether a frame of any size shows a flash."""
    width = _width_of(frame)
    return frame[width * (len(frame) // width // 12) + width // 2] > 130


def _width_of(frame: bytes) -> int:
    return math.isqrt(len(frame) * WIDTH // HEIGHT)


def flashes(ffmpeg: Path, path: Path, rate: Fraction) -> list[float]:
    """Return the start of each flash, in seconds."""
    return flashes_of(decoded_small(ffmpeg, path), rate)


def flashes_of(frames: list[bytes], rate: Fraction) -> list[float]:
    """Return the start of each flash in decoded frames, in seconds."""
    lit = [is_lit(frame) for frame in frames]
    starts = [n for n, now in enumerate(lit) if now and (n == 0 or not lit[n - 1])]
    return [float(n / rate) for n in starts]


def beeps(ffmpeg: Path, path: Path) -> list[float]:
    """Return the start of each beep, in seconds."""
    # FFmpeg and libav count the times of these from different starts.
    is_stream = path.suffix in {".ts", ".vob"}
    samples = array("h")
    samples.frombytes(_sound_by_ffmpeg(ffmpeg, path) if is_stream else _sound(path))
    starts, quiet = [], SAMPLE_RATE
    for begin in range(0, len(samples), _BLOCK):
        block = samples[begin : begin + _BLOCK]
        if min(block) >= -_LOUD and max(block) <= _LOUD:
            quiet += len(block)
            continue
        for place, sample in enumerate(block, begin):
            if abs(sample) > _LOUD:
                if quiet > SAMPLE_RATE // 10:
                    starts.append(place / SAMPLE_RATE)
                quiet = 0
            else:
                quiet += 1
    return starts


_IN_TIME = "async=1:min_hard_comp=0.001:first_pts=0"
"""Silence where there is none, so that the place of a sample is its time."""


def _sound(path: Path) -> bytes:
    """Return the first track of sound from the start of the file, as 16 bits of one channel."""
    parts = []
    with av.open(str(path)) as container:
        graph, stream = av.filter.Graph(), container.streams.audio[0]
        chain = [
            graph.add_abuffer(template=stream),
            graph.add("asetpts", f"PTS-{container.start_time or 0}/{av.time_base}/TB"),
            graph.add("aresample", _IN_TIME),
            graph.add(
                "aformat", f"sample_fmts=s16:sample_rates={SAMPLE_RATE}:channel_layouts=mono"
            ),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*chain).configure()
        for frame in [*_frames(container, stream), None]:
            graph.push(frame)
            with suppress(av.BlockingIOError, av.EOFError):
                while True:
                    made: Any = graph.pull()
                    parts.append(bytes(made.planes[0])[: 2 * made.samples])
    return b"".join(parts)


def _sound_by_ffmpeg(ffmpeg: Path, path: Path) -> bytes:
    return subprocess.run(
        [
            *(str(ffmpeg), "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0"),
            *("-ac", "1", "-ar", str(SAMPLE_RATE), "-af", f"aresample={_IN_TIME}"),
            *("-f", "s16le", "-"),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout


def _beeps(frames: int, rate: Fraction, every: int) -> bytes:
    samples = bytearray(2 * int(frames / rate * SAMPLE_RATE))
    for number in range(0, frames, every):
        start = 2 * round(number / rate * SAMPLE_RATE)
        beep = _beep()[: len(samples) - start]
        samples[start : start + len(beep)] = beep
    return bytes(samples)


@cache
def _beep() -> bytes:
    """Return a twentieth of a second of a tone."""
    turn = 2 * math.pi * 1000 / SAMPLE_RATE
    values = (round(16000 * math.sin(turn * place)) for place in range(SAMPLE_RATE // 20))
    return array("h", values).tobytes()
