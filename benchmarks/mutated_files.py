"""Thousands of damaged files, read by both probers: errors, times and memory.

    python -m benchmarks.mutated_files --files 5000 --seed 1

Real clips are damaged in the ways that disks, networks and attackers damage files; the same seed
makes the same files. Ends with 1 where an error is raised that is not about the file, a file takes
longer than its deadline, or a process takes more memory than it may have.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import structlog
from tests.clips import clip_names, make_clip

from stoat_ferret.errors import MediaError
from stoat_ferret.ffmpeg.binaries import find_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.media.prober import LibavProber
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping
    from typing import Any

    from stoat_ferret.media.prober import Prober

HEADER_BYTES = 4096
SLACK_SECONDS = 5.0
"""The time that a file may take beyond its deadline: a killed process has to be replaced."""
_EXTREMES = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1"]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return a clip with one to three kinds of damage."""
    result = bytearray(data)
    for change in dice.sample(_CHANGES, dice.randint(1, 3)):
        if len(result) > HEADER_BYTES:
            change(result, dice)
    return bytes(result)


def _flip_bits(data: bytearray, dice: random.Random) -> None:
    reach = dice.choice([HEADER_BYTES, len(data)])
    for _ in range(dice.choice([1, 8, 64])):
        data[dice.randrange(reach)] ^= 1 << dice.randrange(8)


def _truncate(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(64, len(data)) :]


def _swap_chunks(data: bytearray, dice: random.Random) -> None:
    size = dice.choice([16, 512, 4096])
    first, second = (dice.randrange(len(data) - size + 1) for _ in range(2))
    one, other = data[first : first + size], data[second : second + size]
    data[first : first + size], data[second : second + size] = other, one


def _patch_header(data: bytearray, dice: random.Random) -> None:
    """Write extreme numbers over sizes and counts, at the beginning or in the index at the end."""
    for _ in range(dice.choice([1, 4])):
        place = dice.randrange(HEADER_BYTES)
        if dice.random() < 0.5:
            place = len(data) - HEADER_BYTES + place - 4
        data[place : place + 4] = dice.choice(_EXTREMES)


def _zero_chunk(data: bytearray, dice: random.Random) -> None:
    size = min(dice.choice([64, 4096, 65536]), len(data) // 2)
    start = dice.randrange(len(data) - size)
    data[start : start + size] = bytes(size)


def _repeat_chunk(data: bytearray, dice: random.Random) -> None:
    size = dice.choice([188, 1024, 8192])
    start = dice.randrange(len(data))
    data[start:start] = data[start : start + size] * dice.choice([1, 10])


_CHANGES = [_flip_bits, _truncate, _swap_chunks, _patch_header, _zero_chunk, _repeat_chunk]


@dataclass
class Report:
    """The results of a run."""

    outcomes: Counter[str] = field(default_factory=Counter)
    raised: list[str] = field(default_factory=list)
    unforeseen: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    longest_seconds: float = 0.0
    longest: str = ""
    deadline_seconds: float = 0.0
    memory_bytes: int = 0
    peak_bytes: int = 0

    @property
    def is_good(self) -> bool:
        """True if no file caused an unexpected error or exceeded the limits of time and memory."""
        return (
            not self.raised
            and not self.unforeseen
            and self.longest_seconds < 2 * self.deadline_seconds + SLACK_SECONDS
            and self.peak_bytes < self.memory_bytes
        )

    def lines(self) -> Iterator[str]:
        """Yield the report line by line."""
        yield "outcomes: " + ", ".join(f"{n} {what}" for what, n in self.outcomes.most_common())
        yield f"raised, and not a MediaError: {len(self.raised)}"
        yield from self.raised[:10]
        yield f"unforeseen in a worker: {len(self.unforeseen)}"
        yield from self.unforeseen[:10]
        yield f"probers that differ: {len(self.differences)}"
        yield from self.differences[:40]
        yield (
            f"longest: {self.longest_seconds:.2f} s ({self.longest}); a probe and a thumbnail have "
            f"{self.deadline_seconds:g} s each"
        )
        yield f"most memory of a process: {self.peak_bytes / 2**20:.0f} MiB"


def sources() -> list[str]:
    """Return the clips to damage."""
    return [name for name in clip_names() if make_clip(name).stat().st_size > 2 * HEADER_BYTES]


async def run(
    files: int,
    seed: int,
    *,
    timeout_seconds: float = 30.0,
    memory_bytes: int = 2**30,
    tell: Callable[[int], None] = lambda _: None,
) -> Report:
    """Make `files` damaged files, and read each with both probers."""
    report = Report(deadline_seconds=timeout_seconds, memory_bytes=memory_bytes)
    structlog.configure(processors=[_collector(report)])
    limiter = anyio.CapacityLimiter(2)
    numbers, names = iter(range(files)), sources()
    with tempfile.TemporaryDirectory() as scratch:
        async with MediaWorkers(limiter, memory_bytes=memory_bytes) as workers:
            pictures = str(Path(scratch, "pictures"))
            probers: list[Prober] = [
                LibavProber(workers, timeout_seconds=timeout_seconds, thumbnails=pictures),
                FfprobeProber(
                    workers,
                    limiter,
                    find_ffprobe(),
                    timeout_seconds=timeout_seconds,
                    memory_bytes=memory_bytes,
                ),
            ]

            async def work() -> None:
                for number in numbers:
                    path = await asyncio.to_thread(write, Path(scratch), seed, number, names)
                    await _read(path, probers, report)
                    report.peak_bytes = max(report.peak_bytes, *map(_peak, workers.pids), 0)
                    await asyncio.to_thread(path.unlink)
                    tell(number)

            async with asyncio.TaskGroup() as tasks:
                for _ in range(3):
                    tasks.create_task(work())
    return report


def _peak(pid: int) -> int:
    """Return the peak memory of a process in bytes; 0 if it is unknown."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        if peak := re.search(r"VmHWM:\s+(\d+) kB", status):
            return int(peak[1]) * 1024
    return 0


def write(folder: Path, seed: int, number: int, names: list[str]) -> Path:
    """Write the damaged file of this number, the same whenever it is made."""
    dice = random.Random(f"{seed} {number}")  # noqa: S311  not for security
    name = dice.choice(names)
    path = folder / f"{number}-{name}"
    path.write_bytes(mutated(make_clip(name).read_bytes(), dice))
    return path


async def _read(path: Path, probers: list[Prober], report: Report) -> None:
    answers: list[object] = []
    for prober in probers:
        started = time.monotonic()
        try:
            probed = await prober.probe(path)
        except MediaError as error:
            report.outcomes[f"{prober.name} {type(error).__name__}"] += 1
            answers.append(type(error).__name__)
        except Exception as error:  # noqa: BLE001  it is what this looks for
            report.raised.append(f"{prober.name} {path.name}: {error!r}")
            answers.append(repr(error))
        else:
            report.outcomes[f"{prober.name} ok"] += 1
            answers.append(probed.media_info.model_dump())
        seconds = time.monotonic() - started
        if seconds > report.longest_seconds:
            report.longest_seconds, report.longest = seconds, f"{prober.name} {path.name}"
    if answers[0] != answers[1]:
        report.differences.append(f"{path.name}: {difference(answers[0], answers[1])}")


def difference(one: object, other: object, where: str = "") -> str:
    """Name the first place where two descriptions differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [key for key in one if one[key] != other.get(key)]
        return difference(one[keys[0]], other.get(keys[0]), f"{where}.{keys[0]}")
    if isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        number = next(n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
        return difference(one[number], other[number], f"{where}[{number}]")
    return f"{where} {str(one)[:100]} != {str(other)[:100]}"


def _collector(report: Report) -> Callable[..., str]:
    """Return a log processor that collects unexpected errors."""

    def collect(_: object, __: str, event: MutableMapping[str, Any]) -> str:
        if event.get("event") == "file_failed":
            notes = getattr(event["exc_info"], "__notes__", [])
            last = "".join(notes).strip().splitlines()[-3:]
            report.unforeseen.append(f"{Path(event['path']).name}: {' / '.join(last)}")
        raise structlog.DropEvent

    return collect


def main() -> int:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=30.0)
    arguments = parser.parse_args()
    started = time.monotonic()

    def tell(number: int) -> None:
        if number % 500 == 499:
            print(f"{number + 1} files, {time.monotonic() - started:.0f} s", flush=True)

    report = asyncio.run(
        run(arguments.files, arguments.seed, timeout_seconds=arguments.timeout, tell=tell)
    )
    # Of every process that has ended, including ffprobe.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    report.peak_bytes = max(report.peak_bytes, peak * (1 if sys.platform == "darwin" else 1024))
    with suppress(BrokenPipeError):
        print("\n".join(report.lines()))
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
